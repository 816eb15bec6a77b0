/* Rings of packets. README.md says why the order of memory accesses is what it is. */
#include "packet-ring.h"

#include <string.h>

#include "packet-ring-atomic.h"

/* How often a claim looks for a packet that the consumer is not reading: then the ring is full */
#define CLAIMS_MAX 16

/* How many places a look for a packet passes: then there is none now */
#define LOOKS_MAX 1000

/* A distance between two places, as it can be told from one backwards */
#define DISTANCE_MAX 0x7fffffffU

static uint32_t slot_of(const struct packet_ring *ring, uint32_t position)
{
	return position & (ring->count - 1U);
}

static uint8_t *packet_at(const struct packet_ring *ring, uint32_t position)
{
	return ring->packets + (size_t) slot_of(ring, position) * ring->packet_bytes;
}

/* Adds to a word that nobody else writes */
static void add(packet_ring_word *word, uint32_t value)
{
	packet_ring_store(word, packet_ring_load(word) + value);
}

int packet_ring_init(struct packet_ring *ring, uint8_t *packets, struct packet_ring_slot *slots,
	uint32_t packet_bytes, uint32_t count, enum packet_ring_mode mode,
	uint32_t *events_discarded)
{
	const uint32_t count_min = mode == PACKET_RING_OVERWRITE ? 2 : 1;

	if (!packets || !slots || count < count_min || (count & (count - 1U)) != 0) {
		return -1;
	}
	ring->packets = packets;
	ring->slots = slots;
	ring->events_discarded = events_discarded;
	ring->packet_bytes = packet_bytes;
	ring->count = count;
	ring->mode = mode;
	ring->position = 0;
	ring->nested_told = 0;
	ring->is_claimed = 0;
	ring->next = 0;
	ring->number = 0;
	ring->is_holding = 0;
	packet_ring_store(&ring->claimed, 0);
	packet_ring_store(&ring->written, 0);
	packet_ring_store(&ring->finished, 0);
	packet_ring_store(&ring->refused, 0);
	packet_ring_store(&ring->nested, 0);
	packet_ring_store(&ring->is_busy, 0);
	packet_ring_store(&ring->held, 0);
	packet_ring_store(&ring->taken, 0);
	packet_ring_store(&ring->packets_read, 0);
	packet_ring_store(&ring->packets_overwritten, 0);
	return 0;
}

/* An interrupt may interrupt this one, so it is one step where the processor has one for it */
static void count_nested(struct packet_ring *ring)
{
#if !defined(PACKET_RING_C11) && defined(__GCC_ATOMIC_INT_LOCK_FREE) && \
	__GCC_ATOMIC_INT_LOCK_FREE == 2
	__atomic_fetch_add(&ring->nested, 1, __ATOMIC_RELAXED);
#else
	add(&ring->nested, 1);
#endif
}

int packet_ring_enter(struct packet_ring *ring)
{
	if (packet_ring_load(&ring->is_busy)) {
		count_nested(ring);
		return 0;
	}
	/* An interrupt that comes before this store is over when the store is done */
	packet_ring_store(&ring->is_busy, 1);
	packet_ring_signal_fence();
	return 1;
}

void packet_ring_tell(struct packet_ring *ring)
{
	const uint32_t nested = packet_ring_load(&ring->nested);

	if (ring->events_discarded) {
		*ring->events_discarded += nested - ring->nested_told;
	}
	ring->nested_told = nested;
}

void packet_ring_leave(struct packet_ring *ring)
{
	packet_ring_tell(ring);
	packet_ring_store(&ring->is_busy, 0);
}

/* Claims the next packet that the consumer is not reading; returns 0 if there is none */
static int claim_over_oldest(struct packet_ring *ring)
{
	uint32_t claims;

	for (claims = 0; claims < CLAIMS_MAX; ++claims) {
		packet_ring_store(&ring->claimed, ring->position + 1);
		/* Either the consumer sees the claim, or its hold is seen here */
		packet_ring_fence();
		if (packet_ring_load(&ring->held) != slot_of(ring, ring->position) + 1) {
			return 1;
		}
		/* This place stays empty: its slot says that an older packet is in it */
		++ring->position;
		packet_ring_store(&ring->written, ring->position);
	}
	return 0;
}

static int claim_free(struct packet_ring *ring)
{
	return ring->position - packet_ring_load(&ring->taken) < ring->count;
}

uint8_t *packet_ring_claim(struct packet_ring *ring)
{
	if (!ring->is_claimed) {
		ring->is_claimed = ring->mode == PACKET_RING_OVERWRITE ?
			claim_over_oldest(ring) : claim_free(ring);
	}
	return ring->is_claimed ? packet_at(ring, ring->position) : NULL;
}

int packet_ring_is_full(struct packet_ring *ring)
{
	if (packet_ring_claim(ring)) {
		return 0;
	}
	add(&ring->refused, 1);
	return 1;
}

void packet_ring_commit(struct packet_ring *ring)
{
	struct packet_ring_slot * const slot = &ring->slots[slot_of(ring, ring->position)];

	if (!ring->is_claimed) {
		return;
	}
	slot->position = ring->position;
	slot->number = packet_ring_load(&ring->finished);
	ring->is_claimed = 0;
	++ring->position;
	add(&ring->finished, 1);
	packet_ring_store(&ring->written, ring->position);
}

/* Keeps the producer from overwriting the next place; returns 0 if it has done so already */
static int hold(struct packet_ring *ring)
{
	uint32_t claimed;

	packet_ring_store(&ring->held, slot_of(ring, ring->next) + 1);
	/* Either the producer sees the hold, or its claim is seen here */
	packet_ring_fence();
	claimed = packet_ring_load(&ring->claimed);
	if (claimed - ring->next <= ring->count) {
		return 1;
	}
	packet_ring_store(&ring->held, 0);
	/* The oldest place that is not overwritten */
	ring->next = claimed - ring->count;
	return 0;
}

/* Gives the next place back, and goes on to the one behind it */
static void pass(struct packet_ring *ring)
{
	++ring->next;
	if (ring->mode == PACKET_RING_OVERWRITE) {
		packet_ring_store(&ring->held, 0);
	} else {
		packet_ring_store(&ring->taken, ring->next);
	}
}

const uint8_t *packet_ring_peek(struct packet_ring *ring)
{
	uint32_t looks;

	for (looks = 0; !ring->is_holding && looks < LOOKS_MAX; ++looks) {
		const struct packet_ring_slot *slot;

		if (packet_ring_load(&ring->written) == ring->next) {
			return NULL;
		}
		if (ring->mode == PACKET_RING_OVERWRITE && !hold(ring)) {
			continue;
		}
		slot = &ring->slots[slot_of(ring, ring->next)];
		if (slot->position != ring->next) {
			/* The producer found it held, and went by */
			pass(ring);
			continue;
		}
		add(&ring->packets_overwritten, slot->number - ring->number);
		ring->number = slot->number + 1;
		ring->is_holding = 1;
	}
	return ring->is_holding ? packet_at(ring, ring->next) : NULL;
}

void packet_ring_release(struct packet_ring *ring)
{
	if (ring->is_holding) {
		ring->is_holding = 0;
		add(&ring->packets_read, 1);
		pass(ring);
	}
}

int packet_ring_read(struct packet_ring *ring, uint8_t *to)
{
	const uint8_t * const packet = packet_ring_peek(ring);

	if (!packet) {
		return 0;
	}
	memcpy(to, packet, ring->packet_bytes);
	packet_ring_release(ring);
	return 1;
}

uint32_t packet_ring_drain(struct packet_ring *ring,
	int (*write)(void *data, const uint8_t *packet, uint32_t packet_bytes), void *data)
{
	const uint32_t end = packet_ring_load(&ring->written);
	const uint8_t *packet;
	uint32_t drained = 0;

	while (end - ring->next - 1U < DISTANCE_MAX && (packet = packet_ring_peek(ring))) {
		if (write(data, packet, ring->packet_bytes)) {
			break;
		}
		packet_ring_release(ring);
		++drained;
	}
	return drained;
}

struct packet_ring_counts packet_ring_counts(const struct packet_ring *ring)
{
	struct packet_ring_counts counts;

	counts.packets_read = packet_ring_load(&ring->packets_read);
	counts.packets_overwritten = packet_ring_load(&ring->packets_overwritten);
	counts.packets_written = packet_ring_load(&ring->finished);
	counts.events_refused = packet_ring_load(&ring->refused);
	counts.events_nested = packet_ring_load(&ring->nested);
	return counts;
}
