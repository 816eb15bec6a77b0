/*
 * What a process has: its classes, its rings, and the memory that the kernel gives to children as
 * zeros. All parts of a program share it: the variables here are weak, so there is one of each.
 */
#ifndef MAREY_STATE_H
#define MAREY_STATE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "layout.h"

#if !defined(__linux__) || !defined(CLOCK_MONOTONIC) || !defined(MAP_ANONYMOUS)
#error "marey.h needs Linux, and _GNU_SOURCE or -std=gnu99"
#endif
#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

#define MAREY_WEAK __attribute__((weak))
#define MAREY_COLD __attribute__((cold, noinline, unused))
#define MAREY_UNUSED __attribute__((unused))

#define MAREY_PATH_BYTES_MAX 512

/* A field of a class. */
struct marey_field {
    unsigned char type;
    const char *name;
};

/* A class: one for each place in the source that has an event. */
struct marey_class {
    unsigned char *on; /* where its switch is */
    uint32_t id;
    int is_listed;
    struct marey_class *next;
    const char *name; /* `provider:event` */
    const char *file;
    const struct marey_field *fields;
    uint32_t line;
    unsigned char level, means, field_count;
};

/* One level of a ring; all zeros is one without space. */
struct marey_level {
    unsigned char *at, *end; /* where the next record goes; the end of its block */
    uint64_t shift;          /* added to an address in this block it is a position */
    uint64_t sequence;       /* how many events were written here */
    uint64_t next;           /* the position of the next block */
    unsigned char *file;     /* where the file is mapped */
    unsigned char *header;   /* where the level is described there */
    size_t data, data_bytes;
    uint32_t thread;
};

/* A ring, and the thread that has it. */
struct marey_slot {
    uint32_t depth; /* how many events of the thread are being written */
    uint32_t owner;
    unsigned char *file;
    struct marey_level levels[2];
};

enum { MAREY_NEW, MAREY_READY, MAREY_REFUSED };

/* What belongs to this process and to no child. */
struct marey_own {
    uint32_t lock, state;
    uint64_t lost_early; /* events lost where no file counts them */
    unsigned char *control;
    char path[MAREY_PATH_BYTES_MAX];
    char patterns[1024];
    size_t ring_bytes, classes_bytes;
    uint32_t classes, rings, next_ring;
    struct marey_slot slots[MAREY_RINGS_MAX];
};

#ifdef __cplusplus
extern "C" {
#endif
MAREY_WEAK struct marey_own *marey_own_memory;
MAREY_WEAK struct marey_class *marey_latest_class;
/* The switch of a class that was never asked about; of one that has no place; of one never on. */
MAREY_WEAK unsigned char marey_unknown = 1, marey_refused = 1, marey_off;
MAREY_WEAK __thread struct marey_slot *marey_mine;
MAREY_WEAK __thread uint32_t marey_events_to_attempt;
/* This thread has the lock: a signal handler that comes now must not wait for it. */
MAREY_WEAK __thread int marey_is_busy;
#ifdef __cplusplus
}
#endif

#define MAREY_LOAD(place) __atomic_load_n(&(place), __ATOMIC_RELAXED)
#define MAREY_STORE(place, value) __atomic_store_n(&(place), value, __ATOMIC_RELAXED)
#define MAREY_ACQUIRE(place) __atomic_load_n(&(place), __ATOMIC_ACQUIRE)
#define MAREY_RELEASE(place, value) __atomic_store_n(&(place), value, __ATOMIC_RELEASE)

/* Words of a file that is mapped. */
#define MAREY_U64(file, offset) (*(uint64_t *)(void *)((file) + (offset)))
#define MAREY_U32(file, offset) (*(uint32_t *)(void *)((file) + (offset)))

static inline uint64_t marey_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The state of this process, made when it is first asked for; null where there is no memory. */
static inline struct marey_own *marey_own(void)
{
    struct marey_own *own = MAREY_ACQUIRE(marey_own_memory), *expected = NULL;
    void *fresh;
    if (own)
        return own;
    fresh = mmap(NULL, sizeof *own, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fresh == MAP_FAILED)
        return NULL;
    if (madvise(fresh, sizeof *own, MADV_WIPEONFORK) != 0) {
        munmap(fresh, sizeof *own);
        return NULL;
    }
    own = (struct marey_own *)fresh;
    if (__atomic_compare_exchange_n(&marey_own_memory, &expected, own, 0, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return own;
    munmap(fresh, sizeof *own);
    return expected;
}

/* Takes the lock; 0 where this thread has it, in what the signal handler interrupted we are in. */
static inline int marey_lock(struct marey_own *own)
{
    const struct timespec pause = {0, 20000};
    uint32_t expected = 0;
    if (marey_is_busy)
        return 0;
    marey_is_busy = 1;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    while (!__atomic_compare_exchange_n(&own->lock, &expected, 1, 0, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED)) {
        expected = 0;
        nanosleep(&pause, NULL);
    }
    return 1;
}

static inline void marey_unlock(struct marey_own *own)
{
    MAREY_RELEASE(own->lock, 0);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    marey_is_busy = 0;
}

/* Counts an event that is lost, in a word of the control page. */
static MAREY_COLD void marey_count_lost(struct marey_own *own, size_t cause)
{
    if (MAREY_ACQUIRE(own->state) == MAREY_READY)
        __atomic_fetch_add(&MAREY_U64(own->control, cause), 1, __ATOMIC_RELAXED);
    else
        __atomic_fetch_add(&own->lost_early, 1, __ATOMIC_RELAXED);
}

/* How many events this process lost that no file counts. */
static MAREY_COLD uint64_t marey_lost(void)
{
    struct marey_own *own = marey_own();
    return own ? MAREY_LOAD(own->lost_early) : 0;
}

#endif
