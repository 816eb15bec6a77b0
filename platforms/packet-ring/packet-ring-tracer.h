/*
 * Puts a generated tracer and a ring together, whatever the tracer's prefix is.
 *
 * In a header or in front of its use, PACKET_RING_DECLARE(barectf_, default_) declares, for the
 * tracer whose functions begin with `barectf_` and its stream type `default`:
 *
 *   struct barectf_default_ring: `ctx` is the context, for tracing; `ring` is its ring; `data` is
 *       the program's own, for its clocks, whose callbacks get a pointer to this struct.
 *   barectf_default_ring_init: makes a struct ready, before others use it, and opens a packet.
 *   barectf_default_ring_flush: hands the packet that is being filled to the consumer, unless no
 *       event is in it. For the producer.
 *
 * In one source file, PACKET_RING_DEFINE(barectf_, default_) defines these. If the packet context
 * has members of its own, so that barectf_default_open_packet has more parameters, the program
 * opens packets: PACKET_RING_DEFINE_OPEN(barectf_, default_, my_open), where my_open(ring) is a
 * function or a macro that takes a pointer to the struct and calls
 * barectf_default_open_packet(&ring->ctx, ...).
 */
#ifndef PACKET_RING_TRACER_H
#define PACKET_RING_TRACER_H

#include "packet-ring.h"

#ifdef __cplusplus
# define PACKET_RING_C extern "C"
#else
# define PACKET_RING_C extern
#endif

#define PACKET_RING_DECLARE(P, S) \
	struct P##S##ring { \
		struct P##S##ctx ctx; \
		struct packet_ring ring; \
		void *data; \
	}; \
	\
	/* \
	 * The clocks of `clocks` are set; its other callbacks are the ring's. The rest is as \
	 * packet_ring_init wants it. Returns 0, or -1 if something is wrong with that, or if no \
	 * packet can be opened because its beginning does not fit. \
	 */ \
	PACKET_RING_C int P##S##ring_init(struct P##S##ring *self, \
		struct P##platform_callbacks clocks, void *data, uint8_t *packets, \
		struct packet_ring_slot *slots, uint32_t packet_bytes, uint32_t count, \
		enum packet_ring_mode mode); \
	PACKET_RING_C void P##S##ring_flush(struct P##S##ring *self)

#define PACKET_RING_DEFINE(P, S) \
	static void P##S##ring_open_plain(struct P##S##ring *self) \
	{ \
		P##S##open_packet(&self->ctx); \
	} \
	PACKET_RING_DEFINE_OPEN(P, S, P##S##ring_open_plain)

#define PACKET_RING_DEFINE_OPEN(P, S, OPEN) \
	static int P##S##ring_is_full(void *data) \
	{ \
		return packet_ring_is_full(&((struct P##S##ring *) data)->ring); \
	} \
	\
	static void P##S##ring_open(void *data) \
	{ \
		struct P##S##ring * const self = (struct P##S##ring *) data; \
		uint8_t * const packet = packet_ring_claim(&self->ring); \
		\
		if (packet) { \
			P##packet_set_buf(&self->ctx, packet, self->ring.packet_bytes); \
			OPEN(self); \
		} \
	} \
	\
	static void P##S##ring_close(void *data) \
	{ \
		struct P##S##ring * const self = (struct P##S##ring *) data; \
		const int was_open = P##packet_is_open(&self->ctx); \
		\
		packet_ring_tell(&self->ring); \
		P##S##close_packet(&self->ctx); \
		/* It stays open while tracing is disabled */ \
		if (was_open && !P##packet_is_open(&self->ctx)) { \
			packet_ring_commit(&self->ring); \
		} \
	} \
	\
	int P##S##ring_init(struct P##S##ring *self, struct P##platform_callbacks clocks, \
		void *data, uint8_t *packets, struct packet_ring_slot *slots, \
		uint32_t packet_bytes, uint32_t count, enum packet_ring_mode mode) \
	{ \
		self->data = data; \
		if (packet_ring_init(&self->ring, packets, slots, packet_bytes, count, mode, \
				&self->ctx.parent.events_discarded)) { \
			return -1; \
		} \
		clocks.is_backend_full = P##S##ring_is_full; \
		clocks.open_packet = P##S##ring_open; \
		clocks.close_packet = P##S##ring_close; \
		P##init(&self->ctx, packets, packet_bytes, clocks, self); \
		P##S##ring_open(self); \
		return P##packet_is_open(&self->ctx) ? 0 : -1; \
	} \
	\
	void P##S##ring_flush(struct P##S##ring *self) \
	{ \
		if (packet_ring_enter(&self->ring)) { \
			if (P##packet_is_open(&self->ctx) && !P##packet_is_empty(&self->ctx)) { \
				P##S##ring_close(self); \
			} \
			packet_ring_leave(&self->ring); \
		} \
	} \
	\
	struct P##S##ring

#endif /* PACKET_RING_TRACER_H */
