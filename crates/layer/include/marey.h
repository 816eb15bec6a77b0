/*
 * Events of a program in C or C++, for `marey record -u` and after it: they go into files of the
 * program's own, which outlive it. Headers alone; nothing is linked.
 *
 *     #include <marey.h>
 *
 *     MAREY_EVENT("web:request", (u64, id, 7), (string, path, "/index.html"), (flag, cached, 0));
 *     MAREY_EVENT_AT(MAREY_LEVEL_ERROR, "web:refused", (u16, status, 503));
 *     MAREY_EVENT("web:idle");
 *
 * An event has a name `provider:event`, which is a constant, and up to 16 fields
 * (type, name, value). Types are u8 u16 u32 u64, i8 i16 i32 i64, f32 f64, flag, address, string,
 * bytes with marey_span(pointer, bytes), words with marey_words(pointer, count). Values are looked
 * at once, and only where the event is on. Names of types and fields must not be macros.
 *
 * MAREY_EVENTS in the environment switches events on, by globs with commas between them, and so
 * does a recorder. The Rust module `marey_layer::layout` says what is in the files.
 *
 * It takes C99 or C++11 with the extensions of gcc or clang, on Linux, with _GNU_SOURCE.
 */
#ifndef MAREY_H
#define MAREY_H

#include "marey/ring.h"
#include "marey/value.h"

#define MAREY_EVENT(...) MAREY_EVENT_AT(MAREY_LEVEL_INFO, __VA_ARGS__)
#define MAREY_EVENT_AT(how_much, ...) MAREY_EVENT_OF(how_much, MAREY_MEANS_EVENT, __VA_ARGS__)

/* An event whose class has a meaning. */
#define MAREY_EVENT_OF(how_much, what, ...)                                                        \
    do {                                                                                           \
        static const struct marey_field marey_fields[] = {                                         \
            MAREY_EACH(MAREY_DESCRIBE, __VA_ARGS__){0, NULL}};                                     \
        static struct marey_class marey_class_ = {                                                 \
            &marey_unknown, 0, 0, NULL, MAREY_FIRST(__VA_ARGS__, 0), __FILE__, marey_fields,       \
            __LINE__, how_much, what, sizeof marey_fields / sizeof *marey_fields - 1};             \
        if (marey_is_on(&marey_class_)) {                                                          \
            MAREY_EACH(MAREY_HOLD, __VA_ARGS__)                                                    \
            struct marey_space marey_space_ =                                                      \
                marey_take(&marey_class_, 0 MAREY_EACH(MAREY_SIZE, __VA_ARGS__));                  \
            unsigned char *marey_at_ = marey_space_.at;                                            \
            if (marey_at_) {                                                                       \
                MAREY_EACH(MAREY_PUT, __VA_ARGS__)                                                 \
                (void)marey_at_;                                                                   \
                marey_give(&marey_space_);                                                         \
            }                                                                                      \
        }                                                                                          \
    } while (0)

#define MAREY_DESCRIBE(type, name, value) {MAREY_TYPE_##type, #name},
#define MAREY_HOLD(type, name, value) const marey_as_##type marey_value_##name = marey_of_##type(value);
#define MAREY_SIZE(type, name, value) +marey_size_##type(marey_value_##name)
#define MAREY_PUT(type, name, value) marey_at_ = marey_put_##type(marey_at_, marey_value_##name);

/* Does something with each argument but the first. */
#define MAREY_EACH(of, ...) MAREY_EACH_(MAREY_COUNT(__VA_ARGS__), of, __VA_ARGS__)
#define MAREY_EACH_(count, of, ...) MAREY_EACH__(count, of, __VA_ARGS__)
#define MAREY_EACH__(count, of, ...) MAREY_EACH_##count(of, __VA_ARGS__, 0)
#define MAREY_FIRST(first, ...) first
#define MAREY_COUNT(...)                                                                           \
    MAREY_COUNT_(__VA_ARGS__, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0)
#define MAREY_COUNT_(n, a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q, count, ...) count
#define MAREY_EACH_0(of, n, ...)
#define MAREY_EACH_1(of, n, a, ...) of a
#define MAREY_EACH_2(of, n, a, ...) of a MAREY_EACH_1(of, n, __VA_ARGS__)
#define MAREY_EACH_3(of, n, a, ...) of a MAREY_EACH_2(of, n, __VA_ARGS__)
#define MAREY_EACH_4(of, n, a, ...) of a MAREY_EACH_3(of, n, __VA_ARGS__)
#define MAREY_EACH_5(of, n, a, ...) of a MAREY_EACH_4(of, n, __VA_ARGS__)
#define MAREY_EACH_6(of, n, a, ...) of a MAREY_EACH_5(of, n, __VA_ARGS__)
#define MAREY_EACH_7(of, n, a, ...) of a MAREY_EACH_6(of, n, __VA_ARGS__)
#define MAREY_EACH_8(of, n, a, ...) of a MAREY_EACH_7(of, n, __VA_ARGS__)
#define MAREY_EACH_9(of, n, a, ...) of a MAREY_EACH_8(of, n, __VA_ARGS__)
#define MAREY_EACH_10(of, n, a, ...) of a MAREY_EACH_9(of, n, __VA_ARGS__)
#define MAREY_EACH_11(of, n, a, ...) of a MAREY_EACH_10(of, n, __VA_ARGS__)
#define MAREY_EACH_12(of, n, a, ...) of a MAREY_EACH_11(of, n, __VA_ARGS__)
#define MAREY_EACH_13(of, n, a, ...) of a MAREY_EACH_12(of, n, __VA_ARGS__)
#define MAREY_EACH_14(of, n, a, ...) of a MAREY_EACH_13(of, n, __VA_ARGS__)
#define MAREY_EACH_15(of, n, a, ...) of a MAREY_EACH_14(of, n, __VA_ARGS__)
#define MAREY_EACH_16(of, n, a, ...) of a MAREY_EACH_15(of, n, __VA_ARGS__)

#endif
