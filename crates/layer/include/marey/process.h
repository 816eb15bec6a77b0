/* How a process makes itself known, and its classes. */
#ifndef MAREY_PROCESS_H
#define MAREY_PROCESS_H

#include "files.h"

/* All classes are asked about again: this is another process than the one that knew them. */
static MAREY_COLD void marey_forget(void)
{
    struct marey_class *class_;
    for (class_ = MAREY_ACQUIRE(marey_latest_class); class_; class_ = class_->next) {
        MAREY_STORE(class_->id, 0u);
        MAREY_RELEASE(class_->on, &marey_unknown);
    }
}

static MAREY_COLD void marey_in_child(void)
{
    marey_is_busy = 0;
    marey_forget();
}

/* When the program ends: a directory in which nothing ever happened goes with it. */
static MAREY_COLD void marey_clean_up(void)
{
    char path[MAREY_PATH_BYTES_MAX + 32];
    struct marey_own *own = marey_own();
    if (!own || !marey_lock(own))
        return;
    if (MAREY_LOAD(own->state) == MAREY_READY && own->rings == 0 &&
        !MAREY_LOAD(MAREY_U64(own->control, MAREY_CONTROL_LOST_NO_RING)) &&
        !MAREY_LOAD(MAREY_U64(own->control, MAREY_CONTROL_LOST_NO_CLASS)) &&
        !MAREY_LOAD(MAREY_U64(own->control, MAREY_CONTROL_LOST_NESTED))) {
        unlink(marey_file(own, path, "classes", -1));
        unlink(marey_file(own, path, "control", -1));
        rmdir(own->path);
        MAREY_RELEASE(own->state, (uint32_t)MAREY_REFUSED);
    }
    marey_unlock(own);
}

/* The power of 2 from this on, within the limits. */
static MAREY_COLD size_t marey_right_length(unsigned long long bytes)
{
    size_t length = MAREY_RING_BYTES_MIN;
    while (length < bytes && length < MAREY_RING_BYTES_MAX)
        length *= 2;
    return length;
}

/* How long a ring shall be that nobody else says more of. */
static MAREY_COLD size_t marey_ring_bytes(void)
{
    const char *given = marey_variable("MAREY_RING_BYTES");
    char *end = NULL;
    unsigned long long bytes = given ? strtoull(given, &end, 10) : 0;
    return marey_right_length(given && *given && !*end ? bytes : MAREY_RING_BYTES);
}

/* Fills the control page, and publishes it. */
static MAREY_COLD void marey_fill_control(struct marey_own *own, unsigned long long start,
                                          int instance)
{
    char command[MAREY_CONTROL_COMMAND_BYTES];
    size_t len = marey_read_file("/proc/self/comm", command, sizeof command);
    unsigned char *page = own->control;
    memcpy(page, MAREY_CONTROL_MAGIC, 8);
    MAREY_U32(page, 8) = MAREY_VERSION;
    MAREY_U32(page, 12) = MAREY_CONTROL_BYTES;
    MAREY_U32(page, MAREY_CONTROL_PID) = (uint32_t)getpid();
    MAREY_U32(page, MAREY_CONTROL_INSTANCE) = (uint32_t)instance;
    MAREY_U64(page, MAREY_CONTROL_START) = start;
    MAREY_U64(page, MAREY_CONTROL_LOST_NESTED) = MAREY_LOAD(own->lost_early);
    memcpy(page + MAREY_CONTROL_COMMAND, command, len ? len - 1 : 0);
    MAREY_RELEASE(MAREY_U64(page, MAREY_CONTROL_READY), 1u);
}

static MAREY_COLD int marey_make_known(struct marey_own *own)
{
    char path[MAREY_PATH_BYTES_MAX + 32];
    const char *given = marey_variable("MAREY_EVENTS");
    unsigned long long start;
    int instance;
    if (given) {
        if (!*given || strlen(given) >= sizeof own->patterns)
            return 0;
        strcpy(own->patterns, given);
    }
    own->ring_bytes = marey_ring_bytes();
    start = marey_start_of_process();
    instance = marey_make_directory(own->path, start);
    if (instance < 0)
        return 0;
    own->control = marey_create(marey_file(own, path, "control", -1), MAREY_CONTROL_BYTES);
    if (!own->control) {
        rmdir(own->path);
        return 0;
    }
    marey_fill_control(own, start, instance);
    atexit(marey_clean_up);
    pthread_atfork(NULL, NULL, marey_in_child);
    return 1;
}

/* Makes the process known, once, under the lock; whether it has a directory. */
static MAREY_COLD int marey_start(struct marey_own *own)
{
    if (MAREY_LOAD(own->state) == MAREY_NEW) {
        uint32_t state;
        marey_forget();
        state = marey_make_known(own) ? MAREY_READY : MAREY_REFUSED;
        MAREY_RELEASE(own->state, state);
    }
    return MAREY_LOAD(own->state) == MAREY_READY;
}

/*
 * Makes this process known to recorders, if MAREY_EVENTS is not set to nothing. The first event
 * does the same. Whether the process has a directory now.
 */
static MAREY_COLD int marey_init(void)
{
    struct marey_own *own = marey_own();
    int is_known;
    if (!own || !marey_lock(own))
        return 0;
    is_known = marey_start(own);
    marey_unlock(own);
    return is_known;
}

/* Whether the recorder looked here lately. */
static MAREY_COLD int marey_has_recorder(const struct marey_own *own)
{
    uint64_t beat = MAREY_ACQUIRE(MAREY_U64(own->control, MAREY_CONTROL_BEAT)), now = marey_now();
    return beat != 0 && (beat > now || now - beat < MAREY_SILENT_NS);
}

#endif
