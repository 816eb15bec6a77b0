/*
 * A platform for tracers on Linux: the packets of a stream go to a file.
 *
 * It has the functions of barectf's demonstration platform of this name, and some more. A stream is
 * for one thread; several threads have one each, with a file each.
 *
 * These macros fit it to a tracer. They are defined before each #include, or with -D:
 *
 *   LINUX_FS_HEADER    the tracer's header                          "barectf.h"
 *   LINUX_FS_PREFIX    what the tracer's names begin with           barectf_
 *   LINUX_FS_STREAM    the stream's type                            default
 *   LINUX_FS_CLOCK     its clock: uint64_t, nanoseconds since 1970  default
 *   LINUX_FS_CLOCK_ID  the clock of the system                      CLOCK_REALTIME
 *   LINUX_FS_NAME      what the names here begin with, one for      barectf_platform_linux_fs
 *                      each type of stream that a program has
 */

#include <stdint.h>

#ifndef LINUX_FS_HEADER
# define LINUX_FS_HEADER "barectf.h"
#endif
#ifndef LINUX_FS_PREFIX
# define LINUX_FS_PREFIX barectf_
#endif
#ifndef LINUX_FS_STREAM
# define LINUX_FS_STREAM default
#endif
#ifndef LINUX_FS_CLOCK
# define LINUX_FS_CLOCK default
#endif
#ifndef LINUX_FS_NAME
# define LINUX_FS_NAME barectf_platform_linux_fs
#endif

/* Names that are made of the macros. There is no include guard: with another name it is another
 * platform. */
#define LINUX_FS_JOINED(left, right) left ## right
#define LINUX_FS_JOIN(left, right) LINUX_FS_JOINED(left, right)
#define LINUX_FS_TRACER(what) LINUX_FS_JOIN(LINUX_FS_PREFIX, what)
#define LINUX_FS_STREAMS(what) LINUX_FS_JOIN(LINUX_FS_TRACER(LINUX_FS_STREAM), what)
#define LINUX_FS_OWN(what) LINUX_FS_JOIN(LINUX_FS_NAME, what)

#include LINUX_FS_HEADER

#ifdef __cplusplus
extern "C" {
#endif

/* struct barectf_platform_linux_fs_ctx: a stream and its file. */
struct LINUX_FS_OWN(_ctx);

/*
 * barectf_platform_linux_fs_init: makes a stream with packets of `buf_size` bytes, in the file
 * `path`, which is made, or emptied. NULL if that fails: errno says why. EMSGSIZE is for a packet
 * that cannot hold its header.
 *
 * With `simulate_full` the back end seems full now and then: with the chance that one of the last
 * two numbers is of the other. Their order does not matter, since barectf's header and source have
 * them in different ones: the smaller one is always divided by the larger one. A 0 means never.
 */
struct LINUX_FS_OWN(_ctx) *LINUX_FS_OWN(_init)(unsigned int buf_size, const char *path,
	int simulate_full, unsigned int full_rand_max, unsigned int full_rand_lt);

/*
 * barectf_platform_linux_fs_fini: writes what is not written yet, closes the file, and frees the
 * stream. 0 if all packets are in the file, else -1, and errno says why. NULL is no stream: 0.
 */
int LINUX_FS_OWN(_fini)(struct LINUX_FS_OWN(_ctx) *platform);

/* barectf_platform_linux_fs_get_barectf_ctx: the stream, for the tracing functions. */
struct LINUX_FS_STREAMS(_ctx) *LINUX_FS_OWN(_get_barectf_ctx)(struct LINUX_FS_OWN(_ctx) *platform);

/*
 * barectf_platform_linux_fs_flush: writes the packet that is being filled; the next event opens
 * another one. 0 if all is in the file, else -1, and errno says why: it is tried again later.
 */
int LINUX_FS_OWN(_flush)(struct LINUX_FS_OWN(_ctx) *platform);

/*
 * barectf_platform_linux_fs_error: why the latest packet is not in the file, as a value of errno;
 * 0 if it is. Meanwhile events are discarded, and counted by the tracer.
 */
int LINUX_FS_OWN(_error)(const struct LINUX_FS_OWN(_ctx) *platform);

#ifdef __cplusplus
}
#endif
