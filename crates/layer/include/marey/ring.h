/* Rings: how a thread gets one, and how it writes there. */
#ifndef MAREY_RING_H
#define MAREY_RING_H

#include "class.h"

/* After an attempt that failed, so many events are counted as lost before the next. */
#define MAREY_EVENTS_BETWEEN_ATTEMPTS 4096u

static inline size_t marey_block_bytes(size_t data_bytes)
{
    size_t even = data_bytes / MAREY_BLOCKS;
    return even < MAREY_BLOCK_BYTES_MIN ? MAREY_BLOCK_BYTES_MIN : even;
}

static inline void marey_put_header(unsigned char *at, size_t size, uint32_t class_)
{
    const uint32_t len = (uint32_t)size;
    const uint64_t now = marey_now();
    memcpy(at, &len, 4);
    memcpy(at + 4, &class_, 4);
    memcpy(at + 8, &now, 8);
}

/* Publishes what was written up to `behind`. */
static inline void marey_publish(struct marey_level *level, unsigned char *behind)
{
    MAREY_RELEASE(MAREY_U64(level->header, MAREY_LEVEL_HEAD),
                  (uint64_t)(uintptr_t)behind + level->shift);
    level->at = behind;
}

/* How far the recorder has read. */
static MAREY_COLD uint64_t marey_read_up_to(const struct marey_level *level)
{
    uint64_t turn = MAREY_ACQUIRE(MAREY_U64(level->header, MAREY_LEVEL_TURN));
    size_t pair = MAREY_LEVEL_READ + (turn & 1) * MAREY_LEVEL_READ_BYTES;
    return MAREY_ACQUIRE(MAREY_U64(level->header, pair));
}

/* Says that nothing follows in this block. */
static MAREY_COLD void marey_end_block(struct marey_level *level)
{
    if (level->end - level->at >= 4)
        MAREY_U32(level->at, 0) = 0;
    level->end = level->at;
}

static MAREY_COLD void marey_begin(struct marey_level *level, uint64_t position, size_t block)
{
    size_t offset = (size_t)position & (level->data_bytes - 1);
    unsigned char *start = level->file + level->data + offset;
    marey_end_block(level);
    MAREY_STORE(MAREY_U64(level->header, MAREY_LEVEL_FILLING), position);
    /* Who sees what is written from here on sees that the block is another one. */
    __atomic_thread_fence(__ATOMIC_RELEASE);
    MAREY_STORE(MAREY_U64(start, 0), position);
    MAREY_STORE(MAREY_U64(start, 8), level->sequence);
    MAREY_STORE(MAREY_U64(start, 16),
                MAREY_LOAD(MAREY_U64(level->header, MAREY_LEVEL_DISCARDED)));
    MAREY_STORE(MAREY_U32(start, 24), level->thread);
    MAREY_STORE(MAREY_U32(start, 28), 0u);
    level->at = start + MAREY_BLOCK_HEADER_BYTES;
    level->end = start + block;
    level->shift = position - (uint64_t)(uintptr_t)start;
    level->next = position + block;
}

static MAREY_COLD void marey_count(struct marey_level *level, size_t what)
{
    uint64_t count = MAREY_LOAD(MAREY_U64(level->header, what));
    MAREY_STORE(MAREY_U64(level->header, what), count + 1);
}

/* Begins the next block, for a record of this size; whether there is room for it now. */
static MAREY_COLD int marey_next_block(struct marey_own *own, struct marey_level *level, size_t size)
{
    size_t block = marey_block_bytes(level->data_bytes);
    uint64_t end = level->next + block;
    uint64_t replaced = end > level->data_bytes ? end - level->data_bytes : 0;
    if (size > block - MAREY_BLOCK_HEADER_BYTES) {
        marey_count(level, MAREY_LEVEL_TOO_LONG);
        return 0;
    }
    if (replaced > marey_read_up_to(level) && marey_has_recorder(own)) {
        marey_count(level, MAREY_LEVEL_DISCARDED);
        return 0;
    }
    marey_begin(level, level->next, block);
    return 1;
}

/* From here on this thread writes. The second level is short, and few threads ever need it. */
static MAREY_COLD void marey_hand_to(struct marey_level *level, uint32_t thread, int is_second)
{
    uint64_t payload = 0;
    level->thread = thread;
    if (is_second || level->end - level->at < (ptrdiff_t)MAREY_THREAD_RECORD_BYTES) {
        /* The next block says whose it is. */
        marey_end_block(level);
        return;
    }
    memcpy(&payload, &thread, 4);
    memcpy(level->at + MAREY_RECORD_HEADER_BYTES, &payload, 8);
    marey_put_header(level->at, MAREY_THREAD_RECORD_BYTES, 0);
    marey_publish(level, level->at + MAREY_THREAD_RECORD_BYTES);
}

static MAREY_COLD void marey_make_level(struct marey_level *level, unsigned char *file, size_t nth,
                                        size_t data, size_t data_bytes)
{
    level->file = file;
    level->header = file + MAREY_RING_LEVELS + nth * MAREY_LEVEL_BYTES;
    level->data = data;
    level->data_bytes = data_bytes;
    MAREY_U64(level->header, MAREY_LEVEL_DATA) = data;
    MAREY_U64(level->header, MAREY_LEVEL_DATA_BYTES) = data_bytes;
    MAREY_U64(level->header, MAREY_LEVEL_BLOCK_BYTES) = marey_block_bytes(data_bytes);
}

/* A new ring, in a file of its own. */
static MAREY_COLD struct marey_slot *marey_make_ring(struct marey_own *own)
{
    char path[MAREY_PATH_BYTES_MAX + 32];
    uint32_t wanted = MAREY_LOAD(MAREY_U32(own->control, MAREY_CONTROL_WANTED_RING_BYTES));
    size_t bytes = wanted ? marey_right_length(wanted) : own->ring_bytes, nested = bytes / 4;
    struct marey_slot *slot = &own->slots[own->rings % MAREY_RINGS_MAX];
    if (own->rings == MAREY_RINGS_MAX)
        return NULL;
    if (nested < MAREY_RING_BYTES_MIN)
        nested = MAREY_RING_BYTES_MIN;
    if (nested > MAREY_NESTED_BYTES_MAX)
        nested = MAREY_NESTED_BYTES_MAX;
    slot->file = marey_create(marey_file(own, path, "ring-", (int)own->rings),
                              MAREY_RING_HEADER_BYTES + bytes + nested);
    if (!slot->file)
        return NULL;
    MAREY_U32(slot->file, 8) = MAREY_VERSION;
    marey_make_level(&slot->levels[0], slot->file, 0, MAREY_RING_HEADER_BYTES, bytes);
    marey_make_level(&slot->levels[1], slot->file, 1, MAREY_RING_HEADER_BYTES + bytes, nested);
    memcpy(slot->file, MAREY_RING_MAGIC, 8);
    MAREY_RELEASE(MAREY_U32(own->control, MAREY_CONTROL_RINGS), ++own->rings);
    return slot;
}

static MAREY_COLD int marey_is_read(const struct marey_slot *slot)
{
    int nth, is_read = 1;
    for (nth = 0; nth < 2; nth++)
        is_read &= marey_read_up_to(&slot->levels[nth]) >=
                   MAREY_LOAD(MAREY_U64(slot->levels[nth].header, MAREY_LEVEL_HEAD));
    return is_read;
}

/* A ring of a thread that is no more; one that is read, where it must be. */
static MAREY_COLD struct marey_slot *marey_ended(struct marey_own *own, uint32_t thread,
                                                 int must_be_read)
{
    /* Another process that shares our memory, between vfork and exec, has another number. */
    const pid_t process = (pid_t)MAREY_U32(own->control, MAREY_CONTROL_PID);
    uint32_t step;
    for (step = 0; step < own->rings; step++) {
        struct marey_slot *slot = &own->slots[own->next_ring % own->rings];
        own->next_ring = own->next_ring % own->rings + 1;
        if (slot->owner != thread && syscall(SYS_tgkill, process, slot->owner, 0) == 0)
            continue;
        if (!must_be_read || marey_is_read(slot))
            return slot;
    }
    return NULL;
}

static MAREY_COLD struct marey_slot *marey_find(struct marey_own *own)
{
    uint32_t thread = (uint32_t)syscall(SYS_gettid);
    struct marey_slot *slot = NULL;
    if (!marey_start(own))
        return NULL;
    slot = marey_ended(own, thread, marey_has_recorder(own));
    if (!slot)
        slot = marey_make_ring(own);
    if (!slot)
        slot = marey_ended(own, thread, 0);
    if (!slot)
        return NULL;
    slot->owner = thread;
    MAREY_STORE(slot->depth, 0u);
    MAREY_STORE(MAREY_U32(slot->file, MAREY_RING_OWNER), thread);
    marey_hand_to(&slot->levels[0], thread, 0);
    marey_hand_to(&slot->levels[1], thread, 1);
    return slot;
}

/* Gives this thread a ring; where there is none, the event is counted as lost. */
static MAREY_COLD struct marey_slot *marey_attach(struct marey_own *own)
{
    struct marey_slot *slot;
    if (marey_events_to_attempt > 0) {
        marey_events_to_attempt--;
        marey_count_lost(own, MAREY_CONTROL_LOST_NO_RING);
        return NULL;
    }
    if (!marey_lock(own)) {
        marey_count_lost(own, MAREY_CONTROL_LOST_NESTED);
        return NULL;
    }
    slot = marey_find(own);
    marey_unlock(own);
    if (slot) {
        marey_mine = slot;
    } else {
        marey_events_to_attempt = MAREY_EVENTS_BETWEEN_ATTEMPTS;
        marey_count_lost(own, MAREY_CONTROL_LOST_NO_RING);
    }
    return slot;
}

/* A place for a record, from `marey_take` to `marey_give`. */
struct marey_space {
    struct marey_slot *slot;
    struct marey_level *level;
    unsigned char *at; /* where the fields go; null: there is none */
    size_t size;
    uint32_t id;
};

static MAREY_COLD int marey_make_room(struct marey_slot *slot, struct marey_level *level,
                                      size_t size)
{
    return slot->owner != 0 && marey_next_block(marey_own(), level, size);
}

static inline int marey_take_in(struct marey_space *space, struct marey_slot *slot)
{
    uint32_t depth = MAREY_LOAD(slot->depth);
    struct marey_level *level = &slot->levels[depth & 1];
    if (__builtin_expect(depth > 1, 0)) {
        __atomic_fetch_add(&MAREY_U64(slot->file, MAREY_RING_LOST_NESTED), 1, __ATOMIC_RELAXED);
        return 1;
    }
    /* From here on a signal handler writes to the next level. */
    MAREY_STORE(slot->depth, depth + 1);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (__builtin_expect((size_t)(level->end - level->at) >= space->size, 1) ||
        marey_make_room(slot, level, space->size)) {
        space->slot = slot;
        space->level = level;
        space->at = level->at + MAREY_RECORD_HEADER_BYTES;
        return 1;
    }
    if (slot->owner == 0)
        return 0;
    MAREY_STORE(slot->depth, depth);
    return 1;
}

/* The first event of a thread, or of a child that the C library knows nothing of. */
static MAREY_COLD void marey_take_first(struct marey_space *space, struct marey_class *class_)
{
    struct marey_own *own = marey_own();
    struct marey_slot *slot = own ? marey_attach(own) : NULL;
    if (!slot)
        return;
    space->id = marey_ask(class_);
    if (space->id)
        marey_take_in(space, slot);
}

/* Takes a place for a record with so many bytes of fields; `at` is null where there is none. */
static inline struct marey_space marey_take(struct marey_class *class_, size_t bytes)
{
    struct marey_space space = {NULL, NULL, NULL, 0, 0};
    struct marey_slot *slot = marey_mine;
    space.id = MAREY_LOAD(class_->id);
    if (__builtin_expect(space.id - 1 >= MAREY_CLASSES_MAX, 0)) {
        space.id = marey_ask(class_);
        if (!space.id)
            return space;
    }
    space.size = (MAREY_RECORD_HEADER_BYTES + bytes + 7) & ~(size_t)7;
    if (__builtin_expect(!slot, 0) || __builtin_expect(!marey_take_in(&space, slot), 0))
        marey_take_first(&space, class_);
    return space;
}

/* Publishes a record whose fields are written. */
static inline void marey_give(const struct marey_space *space)
{
    unsigned char *at = space->at - MAREY_RECORD_HEADER_BYTES;
    marey_put_header(at, space->size, space->id);
    marey_publish(space->level, at + space->size);
    space->level->sequence++;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    MAREY_STORE(space->slot->depth, MAREY_LOAD(space->slot->depth) - 1);
}

#endif
