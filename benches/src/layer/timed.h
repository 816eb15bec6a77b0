/* What the programs in C of the row `layer` share: the CPU time of a thread, and what one turn of a
 * loop takes of it, in nanoseconds, which is said. */
#ifndef TIMED_H
#define TIMED_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t ns_of(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

#define TIME(...)                                                                                  \
    do {                                                                                           \
        uint64_t start = ns_of(CLOCK_THREAD_CPUTIME_ID);                                           \
        uint32_t n;                                                                                \
        for (n = 0; n < count; n++) {                                                              \
            __asm__ volatile("" : "+r"(n));                                                        \
            __VA_ARGS__;                                                                           \
        }                                                                                          \
        printf("%f ", (double)(ns_of(CLOCK_THREAD_CPUTIME_ID) - start) / count);                   \
    } while (0)

#endif
