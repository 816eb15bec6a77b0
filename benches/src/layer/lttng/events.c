/* The program of the row `layer` with the tracepoints of LTTng-UST: what events.c says of its own. */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "events.h"

#include "timed.h"

int main(int argc, char **argv)
{
    uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
    volatile uint64_t time;
    TIME(time = ns_of(CLOCK_MONOTONIC));
    TIME((void)time);
    TIME(lttng_ust_tracepoint(bench, four, n));
    TIME(lttng_ust_tracepoint(bench, six, n, "a text"));
    TIME(lttng_ust_tracepoint(bench, rejected, n));
    TIME(lttng_ust_tracepoint(bench, off, n));
    return 0;
}
