#include "rings.h"

PACKET_RING_DEFINE(barectf_, main_);
PACKET_RING_DEFINE(barectf_, interrupts_);
