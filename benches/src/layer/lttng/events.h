/* The events of the row `layer` for LTTng-UST. */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER bench
#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "./events.h"

#if !defined(LTTNG_EVENTS_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define LTTNG_EVENTS_H

#include <lttng/tracepoint.h>
#include <stdint.h>

#define FOUR(NAME)                                                                                 \
    LTTNG_UST_TRACEPOINT_EVENT(                                                                    \
        bench, NAME, LTTNG_UST_TP_ARGS(uint32_t, n),                                               \
        LTTNG_UST_TP_FIELDS(                                                                       \
            lttng_ust_field_integer(uint32_t, a, n) lttng_ust_field_integer(uint32_t, b, 2)        \
            lttng_ust_field_integer(uint32_t, c, 3) lttng_ust_field_integer(uint32_t, d, n)))

FOUR(four)
FOUR(rejected)
FOUR(off)

LTTNG_UST_TRACEPOINT_EVENT(
    bench, six, LTTNG_UST_TP_ARGS(uint32_t, n, const char *, text),
    LTTNG_UST_TP_FIELDS(
        lttng_ust_field_integer(uint64_t, a, n) lttng_ust_field_integer(uint8_t, b, 2)
        lttng_ust_field_integer(int16_t, c, 3) lttng_ust_field_float(double, d, 1.5)
        lttng_ust_field_string(e, text) lttng_ust_field_integer(uint8_t, f, 1)))

#endif

#include <lttng/tracepoint-event.h>
