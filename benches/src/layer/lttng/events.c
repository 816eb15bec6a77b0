/* The program of the row `layer` with the tracepoints of LTTng-UST: what events.c says of its own. */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "events.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

#define TIME(...)                                                                                  \
    do {                                                                                           \
        uint64_t start = now();                                                                    \
        uint32_t n;                                                                                \
        for (n = 0; n < count; n++) {                                                              \
            __asm__ volatile("" : "+r"(n));                                                        \
            __VA_ARGS__;                                                                           \
        }                                                                                          \
        printf("%f ", (double)(now() - start) / count);                                            \
    } while (0)

int main(int argc, char **argv)
{
    uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
    volatile uint64_t time;
    TIME(time = now());
    TIME((void)time);
    TIME(lttng_ust_tracepoint(bench, four, n));
    TIME(lttng_ust_tracepoint(bench, six, n, "a text"));
    TIME(lttng_ust_tracepoint(bench, rejected, n));
    TIME(lttng_ust_tracepoint(bench, off, n));
    return 0;
}
