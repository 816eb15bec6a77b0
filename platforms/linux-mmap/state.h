/*
 * What the parts of the platform share, and nobody else. The names are made of the macros, as in
 * the header for all.
 *
 * The tracer's own context of the stream lies in a mapped file, too: `.NAME.state`, beside the
 * stream. So a killed program leaves where its last event ended, and recovering is no more than
 * closing the packet, by the function that the tracer has for it.
 */
#ifndef STATE_H
#define STATE_H

#include <sys/types.h>

#include "barectf-platform-linux-mmap.h"
#include "mapped-file.h"
#include "packet-file.h"

/* The phases of a packet. A step is PHASES x its number + its phase. */
enum phase {
	/* Nothing is to be kept */
	PHASE_NONE,

	/* The stream says how far it is filled */
	PHASE_OPEN,

	/* It was filled up to `content_bits`, and is being closed and committed */
	PHASE_CLOSING
};
#define PHASES 3U

/* The beginning of a state that is complete. */
#define STATE_MAGIC "mareymm1"
#define STATE_MAGIC_BYTES 8

typedef struct LINUX_MMAP_STREAMS(_ctx) stream_t;
typedef struct LINUX_MMAP_OWN(_ctx) platform_t;

/* The file `.NAME.state`. */
struct state {
	char magic[STATE_MAGIC_BYTES];

	/* Who reads it must have been built alike */
	uint32_t state_bytes;
	uint32_t pointer_bytes;

	uint32_t packet_bytes;
	struct packet_size_field field;
	volatile uint32_t step;
	volatile uint32_t content_bits;
	stream_t stream;
};

struct LINUX_MMAP_OWN(_ctx) {
	struct packet_file packets;

	/* The process whose stream it is: another one, forked from it, has copies, and no files */
	pid_t process;

	/* Names of files, to be freed: the stream, the stream before its first commit, the state */
	char *path;
	char *open_path;
	char *state_path;
	int state_file;
	int has_lock;
	struct mapped mapped_state;
	struct state *state;

	/* Room for empty packets, one a page */
	uint8_t *pages;
	size_t pages_bytes;

	/* Why there is no room, and how many events were discarded since that was last tried */
	int error;
	unsigned int discarded;
};

#define platform_make LINUX_MMAP_OWN(_own_make)
#define platform_callbacks_of LINUX_MMAP_OWN(_own_callbacks)
#define platform_end LINUX_MMAP_OWN(_own_end)
#define platform_release LINUX_MMAP_OWN(_own_release)

#ifdef __cplusplus
extern "C" {
#endif

/* What is common to all that is done with a stream. NULL and errno if it fails. */
platform_t *platform_make(const char *path, size_t packet_bytes);

/* What the tracer calls. */
struct LINUX_MMAP_TRACER(platform_callbacks) platform_callbacks_of(void);

/* Ends the stream behind its last packet, and removes the state. 0, or -1 and errno. */
int platform_end(platform_t *it);

/* Frees it all; errno stays. */
void platform_release(platform_t *it);

#ifdef __cplusplus
}
#endif

#endif
