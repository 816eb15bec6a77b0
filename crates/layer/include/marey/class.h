/* Classes: which are on, and how they get their place in `classes`. */
#ifndef MAREY_CLASS_H
#define MAREY_CLASS_H

#include "process.h"

/* The number of a class that has no place. */
#define MAREY_NO_PLACE UINT32_MAX

/* Whether a byte is in the brackets at `set`; where the brackets end, or null without an end. */
static MAREY_COLD const char *marey_in_set(const char *set, const char *end, char byte, int *is_in)
{
    const char *at = set + 1;
    int is_not = at < end && (*at == '!' || *at == '^');
    int found = 0;
    const char *first = at += is_not;
    for (; at < end && (*at != ']' || at == first); at++) {
        if (at + 2 < end && at[1] == '-' && at[2] != ']') {
            found |= (unsigned char)*at <= (unsigned char)byte &&
                     (unsigned char)byte <= (unsigned char)at[2];
            at += 2;
        } else {
            found |= *at == byte;
        }
    }
    *is_in = found != is_not;
    return at < end ? at + 1 : NULL;
}

/* Whether a name is as a pattern says: `*`, `?`, `[a-z]`, `[!a-z]`. */
static MAREY_COLD int marey_matches(const char *at, const char *end, const char *name)
{
    const char *behind_star = NULL, *retry = NULL;
    for (;;) {
        const char *next;
        int fits = 0;
        if (at < end && *at == '*') {
            behind_star = ++at;
            retry = name;
            continue;
        }
        if (!*name)
            return at == end;
        next = at + 1;
        if (at < end && *at == '[') {
            next = marey_in_set(at, end, *name, &fits);
            if (!next) {
                fits = *name == '[';
                next = at + 1;
            }
        } else if (at < end) {
            fits = *at == '?' || *at == *name;
        }
        if (fits) {
            at = next;
            name++;
        } else if (behind_star) {
            at = behind_star;
            name = ++retry;
        } else {
            return 0;
        }
    }
}

/* Whether one of the patterns names it: there are commas between them. */
static MAREY_COLD int marey_is_named(const char *patterns, size_t len, const char *name)
{
    const char *end = patterns + len;
    while (patterns < end) {
        const char *comma = (const char *)memchr(patterns, ',', (size_t)(end - patterns));
        const char *last = comma ? comma : end, *behind = last;
        while (patterns < last && (*patterns == ' ' || *patterns == '\t'))
            patterns++;
        while (patterns < last && (last[-1] == ' ' || last[-1] == '\t'))
            last--;
        if (patterns < last && marey_matches(patterns, last, name))
            return 1;
        patterns = behind + 1;
    }
    return 0;
}

/* By whom a class is on: bits of its switch. */
static MAREY_COLD unsigned char marey_wanted(const struct marey_own *own, const char *name)
{
    char patterns[MAREY_CONTROL_PATTERNS_BYTES_MAX];
    unsigned char wanted = 0;
    uint32_t turn, len;
    if (marey_is_named(own->patterns, strlen(own->patterns), name))
        wanted |= MAREY_ON_BY_ENVIRONMENT;
    if (!own->control)
        return wanted;
    turn = MAREY_ACQUIRE(MAREY_U32(own->control, MAREY_CONTROL_PATTERNS_TURN));
    len = MAREY_LOAD(MAREY_U32(own->control, MAREY_CONTROL_PATTERNS_LEN));
    if (len > sizeof patterns)
        return wanted;
    memcpy(patterns, own->control + MAREY_CONTROL_PATTERNS, len);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    /* While the recorder writes them it will see the class itself. */
    if (turn % 2 == 0 &&
        MAREY_LOAD(MAREY_U32(own->control, MAREY_CONTROL_PATTERNS_TURN)) == turn &&
        marey_is_named(patterns, len, name))
        wanted |= MAREY_ON_BY_RECORDER;
    return wanted;
}

/* Appends a name behind its length; 0 where there is no room. */
static MAREY_COLD int marey_put_name(unsigned char *entry, size_t *at, const char *name, size_t len)
{
    uint16_t length;
    if (len > MAREY_NAME_BYTES_MAX)
        len = MAREY_NAME_BYTES_MAX;
    if (*at + 2 + len + 8 > MAREY_ENTRY_BYTES_MAX)
        return 0;
    length = (uint16_t)len;
    memcpy(entry + *at, &length, 2);
    memcpy(entry + *at + 2, name, len);
    *at += 2 + len;
    return 1;
}

/* The entry of a class; how long it is, 0 where it would be too long. */
static MAREY_COLD size_t marey_entry(unsigned char *entry, const struct marey_class *class_,
                                     uint32_t id)
{
    const char *colon = strchr(class_->name, ':');
    const char *event = colon ? colon + 1 : class_->name;
    size_t at = MAREY_ENTRY_FIXED_BYTES, provider = colon ? (size_t)(colon - class_->name) : 0;
    uint16_t field_count = class_->field_count;
    uint32_t size;
    int nth;
    if (!marey_put_name(entry, &at, class_->name, provider) ||
        !marey_put_name(entry, &at, event, strlen(event)) ||
        !marey_put_name(entry, &at, class_->file, strlen(class_->file)))
        return 0;
    for (nth = 0; nth < class_->field_count; nth++) {
        entry[at++] = class_->fields[nth].type;
        if (!marey_put_name(entry, &at, class_->fields[nth].name, strlen(class_->fields[nth].name)))
            return 0;
    }
    size = (uint32_t)(at + 7) & ~7u;
    memcpy(entry, &size, 4);
    memcpy(entry + 4, &id, 4);
    memcpy(entry + 8, &class_->line, 4);
    entry[12] = class_->level;
    entry[13] = class_->means;
    memcpy(entry + 14, &field_count, 2);
    return size;
}

/* Writes the entry of a class behind the others, and publishes it; its number, or 0. */
static MAREY_COLD uint32_t marey_write_entry(struct marey_own *own, const struct marey_class *class_)
{
    unsigned char entry[MAREY_ENTRY_BYTES_MAX] = {0};
    char path[MAREY_PATH_BYTES_MAX + 32];
    uint32_t id = own->classes + 1;
    size_t len = marey_entry(entry, class_, id), end = own->classes_bytes + len;
    ssize_t written;
    int file;
    if (!len || id > MAREY_CLASSES_MAX || end > MAREY_CLASSES_BYTES_MAX || !marey_is_allowed(end))
        return 0;
    file = open(marey_file(own, path, "classes", -1),
                O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return 0;
    written = pwrite(file, entry, len, (off_t)own->classes_bytes);
    close(file);
    if (written != (ssize_t)len)
        return 0;
    own->classes = id;
    own->classes_bytes = end;
    /* Before it is published: afterwards the recorder may write there, too. */
    if (marey_is_named(own->patterns, strlen(own->patterns), class_->name))
        own->control[MAREY_CONTROL_SWITCHES + id - 1] = MAREY_ON_BY_ENVIRONMENT;
    MAREY_STORE(MAREY_U32(own->control, MAREY_CONTROL_CLASSES), id);
    MAREY_RELEASE(MAREY_U64(own->control, MAREY_CONTROL_CLASSES_BYTES), (uint64_t)end);
    return id;
}

/* Gives a class its place, and its switch. */
static MAREY_COLD void marey_register(struct marey_own *own, struct marey_class *class_)
{
    uint32_t id;
    if (MAREY_LOAD(class_->id) != 0)
        return;
    if (!class_->is_listed) {
        class_->is_listed = 1;
        class_->next = marey_latest_class;
        MAREY_RELEASE(marey_latest_class, class_);
    }
    id = marey_start(own) ? marey_write_entry(own, class_) : 0;
    if (id) {
        unsigned char *on = own->control + MAREY_CONTROL_SWITCHES + id - 1;
        MAREY_RELEASE(class_->id, id);
        /* Either we see the recorder's patterns, or it sees our class. */
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        __atomic_fetch_or(on, marey_wanted(own, class_->name), __ATOMIC_RELAXED);
        MAREY_RELEASE(class_->on, on);
    } else {
        MAREY_RELEASE(class_->id, MAREY_NO_PLACE);
        MAREY_RELEASE(class_->on, marey_wanted(own, class_->name) ? &marey_refused : &marey_off);
    }
}

static inline int marey_is_on(const struct marey_class *class_)
{
    return __builtin_expect((MAREY_LOAD(*MAREY_LOAD(class_->on)) & MAREY_ON) != 0, 0) != 0;
}

/* Asks about a class, the first time; its number if it is on and has one, else 0. */
static MAREY_COLD uint32_t marey_ask(struct marey_class *class_)
{
    struct marey_own *own = marey_own();
    int is_ours;
    uint32_t id;
    if (!own)
        return 0;
    /* One that has no place will not get one: nobody waits for that. */
    is_ours = MAREY_LOAD(class_->id) == MAREY_NO_PLACE;
    if (!is_ours && marey_lock(own)) {
        is_ours = 1;
        marey_register(own, class_);
        marey_unlock(own);
    }
    id = MAREY_LOAD(class_->id);
    if (id == MAREY_NO_PLACE) {
        if (marey_is_on(class_))
            marey_count_lost(own, MAREY_CONTROL_LOST_NO_CLASS);
        return 0;
    }
    if (!id && !is_ours &&
        (MAREY_ACQUIRE(own->state) == MAREY_NEW || marey_wanted(own, class_->name)))
        marey_count_lost(own, MAREY_CONTROL_LOST_NESTED);
    return marey_is_on(class_) ? id : 0;
}

#endif
