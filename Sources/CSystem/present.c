#include "csystem.h"

_Thread_local void *csystem_present_cancellation;
