/*
 * What packet-ring.c needs of a processor: loads, stores and fences of words of 32 bits, and
 * nothing that reads and writes in one step. So a Cortex-M0 can do it, too.
 *
 * packet_ring_load: what comes behind it in the program stays behind it (acquire).
 * packet_ring_store: what comes in front of it stays in front of it (release).
 * packet_ring_fence: stores in front of it are seen before loads behind it are done (sequential
 *                    consistency).
 * packet_ring_signal_fence: the same where an interrupt is all that may come between.
 */
#ifndef PACKET_RING_ATOMIC_H
#define PACKET_RING_ATOMIC_H

#include "packet-ring.h"

#if defined(PACKET_RING_ONE_CORE)

# if defined(PACKET_RING_COMPILER_BARRIER)
/* The program says how its compiler is kept from moving accesses to memory */
# elif defined(__GNUC__)
#  define PACKET_RING_COMPILER_BARRIER() __asm__ __volatile__("" : : : "memory")
# else
#  error "define PACKET_RING_COMPILER_BARRIER() for this compiler"
# endif

# define packet_ring_fence() PACKET_RING_COMPILER_BARRIER()
# define packet_ring_signal_fence() PACKET_RING_COMPILER_BARRIER()

static uint32_t packet_ring_load(const packet_ring_word *word)
{
	const uint32_t value = *word;

	PACKET_RING_COMPILER_BARRIER();
	return value;
}

static void packet_ring_store(packet_ring_word *word, uint32_t value)
{
	PACKET_RING_COMPILER_BARRIER();
	*word = value;
}

#elif defined(__GNUC__) && !defined(PACKET_RING_C11)

# define packet_ring_fence() __atomic_thread_fence(__ATOMIC_SEQ_CST)
# define packet_ring_signal_fence() __atomic_signal_fence(__ATOMIC_SEQ_CST)
# define packet_ring_load(word) __atomic_load_n((word), __ATOMIC_ACQUIRE)
# define packet_ring_store(word, value) __atomic_store_n((word), (value), __ATOMIC_RELEASE)

#else

# define packet_ring_fence() atomic_thread_fence(memory_order_seq_cst)
# define packet_ring_signal_fence() atomic_signal_fence(memory_order_seq_cst)
# define packet_ring_load(word) atomic_load_explicit((word), memory_order_acquire)
# define packet_ring_store(word, value) \
	atomic_store_explicit((word), (value), memory_order_release)

#endif

#endif /* PACKET_RING_ATOMIC_H */
