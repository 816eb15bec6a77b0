/*
 * Rings of packets: a back end in fixed memory for tracers that `marey generate` made.
 *
 * Each thread, processor or interrupt handler that traces has a context of the tracer and a ring of
 * its own: it is the ring's only producer. One consumer empties all rings. Nobody waits for
 * anybody: there are no locks, and no memory but what is given to packet_ring_init. README.md says
 * what is guaranteed, and why it holds.
 *
 * C89 with <stdint.h>, and C++. All files of a program are compiled with the same of these:
 *
 * PACKET_RING_ONE_CORE  One processor: interrupts, or threads that share it, are all there is of
 *                       concurrency. Volatile words instead of atomic ones.
 * PACKET_RING_C11       <stdatomic.h>, where the builtins of GCC and Clang are there, too.
 */
#ifndef PACKET_RING_H
#define PACKET_RING_H

#include <stdint.h>

#if defined(PACKET_RING_ONE_CORE)
typedef volatile uint32_t packet_ring_word;
#elif defined(__GNUC__) && !defined(PACKET_RING_C11)
typedef uint32_t packet_ring_word;
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L && !defined(__STDC_NO_ATOMICS__)
# include <stdatomic.h>
typedef _Atomic uint32_t packet_ring_word;
#else
# error "no atomics here: compile as C11, or define PACKET_RING_ONE_CORE for a single processor"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What happens when there is no free packet */
enum packet_ring_mode {
	/* New events are discarded, and counted, until the consumer has made room */
	PACKET_RING_DISCARD,

	/* The oldest packet is overwritten, and counted: a flight recorder */
	PACKET_RING_OVERWRITE
};

/* What a ring knows of one of its packets */
struct packet_ring_slot {
	/* At which place of the endless sequence of places it was written */
	uint32_t position;

	/* How many packets were written before it */
	uint32_t number;
};

/* What a ring has counted so far, modulo 2^32 */
struct packet_ring_counts {
	/* Events that were discarded because no packet was free */
	uint32_t events_refused;

	/* Events that were discarded because they interrupted another one of the same context */
	uint32_t events_nested;

	/* Packets that became whole */
	uint32_t packets_written;

	/* Packets that the consumer has had */
	uint32_t packets_read;

	/* Packets that were overwritten, as far as the consumer has read */
	uint32_t packets_overwritten;
};

/* A ring. All of it is private */
struct packet_ring {
	/* What does not change */
	uint8_t *packets;
	struct packet_ring_slot *slots;
	uint32_t *events_discarded;
	uint32_t packet_bytes;
	uint32_t count;
	enum packet_ring_mode mode;

	/* Written by the producer only */
	packet_ring_word claimed;
	packet_ring_word written;
	packet_ring_word finished;
	packet_ring_word refused;
	packet_ring_word nested;
	packet_ring_word is_busy;
	uint32_t position;
	uint32_t nested_told;
	int is_claimed;

	/* Written by the consumer only */
	packet_ring_word held;
	packet_ring_word taken;
	packet_ring_word packets_read;
	packet_ring_word packets_overwritten;
	uint32_t next;
	uint32_t number;
	int is_holding;
};

/*
 * Makes a ring ready, before anybody else uses it. `packets` has room for `count` packets of
 * `packet_bytes` bytes, `slots` for as many slots. `count` is a power of two, and in a ring that
 * overwrites at least 2. `events_discarded` is the tracer's counter, in which nested events are
 * counted, or null. Returns 0, or -1 if one of these is wrong.
 */
int packet_ring_init(struct packet_ring *ring, uint8_t *packets, struct packet_ring_slot *slots,
	uint32_t packet_bytes, uint32_t count, enum packet_ring_mode mode,
	uint32_t *events_discarded);

/* For the producer */

/*
 * Returns 1, and a call of the tracer may follow; or 0 if this interrupts such a call, and then the
 * event is discarded and counted. After a 1, packet_ring_leave is called when the call is over.
 */
int packet_ring_enter(struct packet_ring *ring);

/* Adds nested events to the tracer's counter of discarded ones, before a packet is closed */
void packet_ring_tell(struct packet_ring *ring);

/* The end of what packet_ring_enter began */
void packet_ring_leave(struct packet_ring *ring);

/* Traces: PACKET_RING_TRACE(&cpu0, barectf_trace_tick(&cpu0.ctx, 5)) */
#define PACKET_RING_TRACE(self, call) \
	do { \
		if (packet_ring_enter(&(self)->ring)) { \
			call; \
			packet_ring_leave(&(self)->ring); \
		} \
	} while (0)

/* Returns 1 if no packet is free now; whoever asks discards an event, so that is counted */
int packet_ring_is_full(struct packet_ring *ring);

/* Returns the bytes of the packet that comes next or is being filled, or null if none is free */
uint8_t *packet_ring_claim(struct packet_ring *ring);

/* Hands the packet, which is whole now, to the consumer */
void packet_ring_commit(struct packet_ring *ring);

/* For the consumer */

/*
 * Returns the oldest packet, or null if there is none now. It stays as it is until
 * packet_ring_release; no producer waits for that.
 */
const uint8_t *packet_ring_peek(struct packet_ring *ring);

/* Gives back the packet that packet_ring_peek returned */
void packet_ring_release(struct packet_ring *ring);

/* Copies the oldest packet, and gives it back; returns 1, or 0 if there is none now */
int packet_ring_read(struct packet_ring *ring, uint8_t *to);

/*
 * Hands all packets that are there now to `write`, the oldest first, and returns how many were
 * written. `write` returns 0; else this ends, and the packet stays in the ring.
 */
uint32_t packet_ring_drain(struct packet_ring *ring,
	int (*write)(void *data, const uint8_t *packet, uint32_t packet_bytes), void *data);

/* For anybody */

/* What was counted so far */
struct packet_ring_counts packet_ring_counts(const struct packet_ring *ring);

#ifdef __cplusplus
}
#endif

#endif /* PACKET_RING_H */
