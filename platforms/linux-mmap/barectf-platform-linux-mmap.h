/*
 * A platform for tracers on Linux: packets are written in place in a mapped file, so that the trace
 * outlives the program, however that ends.
 *
 * What readers see of the stream is whole at any moment, also after kill -9: all packets but the one
 * that is being filled. The events of that one are there, too, up to the last one:
 * barectf_platform_linux_mmap_recover() makes a packet of them.
 *
 * A stream is for one thread; several threads have one each, with a file each. These macros fit the
 * platform to a tracer. They are defined before each #include, or with -D:
 *
 *   LINUX_MMAP_HEADER    the tracer's header                          "barectf.h"
 *   LINUX_MMAP_PREFIX    what the tracer's names begin with           barectf_
 *   LINUX_MMAP_STREAM    the stream's type                            default
 *   LINUX_MMAP_CLOCK     its clock: uint64_t, nanoseconds since 1970  default
 *   LINUX_MMAP_CLOCK_ID  the clock of the system                      CLOCK_REALTIME
 *   LINUX_MMAP_NAME      what the names here begin with, one for      barectf_platform_linux_mmap
 *                        each type of stream that a program has
 */

#include <stdint.h>

#ifndef LINUX_MMAP_HEADER
# define LINUX_MMAP_HEADER "barectf.h"
#endif
#ifndef LINUX_MMAP_PREFIX
# define LINUX_MMAP_PREFIX barectf_
#endif
#ifndef LINUX_MMAP_STREAM
# define LINUX_MMAP_STREAM default
#endif
#ifndef LINUX_MMAP_CLOCK
# define LINUX_MMAP_CLOCK default
#endif
#ifndef LINUX_MMAP_NAME
# define LINUX_MMAP_NAME barectf_platform_linux_mmap
#endif

/* Names that are made of the macros. There is no include guard: with another name it is another
 * platform. */
#define LINUX_MMAP_JOINED(left, right) left ## right
#define LINUX_MMAP_JOIN(left, right) LINUX_MMAP_JOINED(left, right)
#define LINUX_MMAP_TRACER(what) LINUX_MMAP_JOIN(LINUX_MMAP_PREFIX, what)
#define LINUX_MMAP_STREAMS(what) LINUX_MMAP_JOIN(LINUX_MMAP_TRACER(LINUX_MMAP_STREAM), what)
#define LINUX_MMAP_OWN(what) LINUX_MMAP_JOIN(LINUX_MMAP_NAME, what)

#include LINUX_MMAP_HEADER

#ifdef __cplusplus
extern "C" {
#endif

/* struct barectf_platform_linux_mmap_ctx: a stream and its file. */
struct LINUX_MMAP_OWN(_ctx);

/*
 * barectf_platform_linux_mmap_init: makes a stream in the file `path`, with packets of
 * `packet_bytes`, rounded up to whole pages. A stream that is there is removed, and so is what a
 * killed program left of one that was never recovered. NULL if it fails, and errno says why:
 * EBUSY if another process records there, EMSGSIZE if a packet cannot hold its header or the field
 * for its length cannot hold twice its length, ENOTSUP if that field is not of whole bytes.
 */
struct LINUX_MMAP_OWN(_ctx) *LINUX_MMAP_OWN(_init)(unsigned int packet_bytes, const char *path);

/*
 * barectf_platform_linux_mmap_fini: ends the stream and frees it. 0 if all events are in the file,
 * but for those that were discarded; else -1, errno says why, and what is there can be recovered.
 * NULL is no stream: 0.
 */
int LINUX_MMAP_OWN(_fini)(struct LINUX_MMAP_OWN(_ctx) *platform);

/* barectf_platform_linux_mmap_get_barectf_ctx: the stream, for the tracing functions. */
struct LINUX_MMAP_STREAMS(_ctx) *LINUX_MMAP_OWN(_get_barectf_ctx)(
	struct LINUX_MMAP_OWN(_ctx) *platform);

/*
 * barectf_platform_linux_mmap_flush: closes the packet that is being filled, for readers to see; the
 * next event opens another one. 0, or -1, and errno says why: it is tried again later.
 */
int LINUX_MMAP_OWN(_flush)(struct LINUX_MMAP_OWN(_ctx) *platform);

/*
 * barectf_platform_linux_mmap_error: why there is no room for another packet, as a value of errno;
 * 0 if there is. Meanwhile events are discarded, and counted by the tracer.
 */
int LINUX_MMAP_OWN(_error)(const struct LINUX_MMAP_OWN(_ctx) *platform);

/*
 * barectf_platform_linux_mmap_recover: ends the stream at `path` that a process left behind, with all
 * of its events. It must be of the same tracer and built alike. 1 if a packet was recovered, 0 if
 * there was nothing to do, -1 if it fails, and errno says why: EBUSY if the process is still there,
 * EINVAL if the files are not what it would have left. It may be killed and called again.
 */
int LINUX_MMAP_OWN(_recover)(const char *path);

#ifdef __cplusplus
}
#endif
