#include "carrow.h"

// Both structures cross library borders: a member too many or too few must not compile.
_Static_assert(sizeof(void *) == 8, "64-bit only");
_Static_assert(sizeof(struct ArrowSchema) == 72, "Arrow C data interface");
_Static_assert(sizeof(struct ArrowArray) == 80, "Arrow C data interface");
_Static_assert(sizeof(struct ArrowArrayStream) == 40, "Arrow C stream interface");
_Static_assert(sizeof(struct AdbcError) == 48, "ADBC 1.1 error");
_Static_assert(offsetof(struct AdbcDriver, ErrorGetDetailCount) == 29 * sizeof(void *), "ADBC 1.0 driver");
_Static_assert(sizeof(struct AdbcDriver) == 58 * sizeof(void *), "ADBC 1.1 driver");
