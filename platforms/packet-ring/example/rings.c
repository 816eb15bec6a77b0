/* The functions that put the tracer and the rings together */
#include "threads.h"

PACKET_RING_DEFINE_OPEN(barectf_, thread_, threads_open);
