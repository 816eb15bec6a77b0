/* The platform of the streams of type `disk`. */

#undef LINUX_FS_NAME
#undef LINUX_FS_STREAM
#undef LINUX_FS_PREFIX
#undef LINUX_FS_CLOCK
#undef LINUX_FS_HEADER
#undef LINUX_FS_CLOCK_ID

#define LINUX_FS_NAME disk_file
#define LINUX_FS_STREAM disk
#define LINUX_FS_PREFIX my_
#define LINUX_FS_CLOCK monotonic
#define LINUX_FS_HEADER "my.h"
#define LINUX_FS_CLOCK_ID CLOCK_MONOTONIC

#include "barectf-platform-linux-fs.h"
