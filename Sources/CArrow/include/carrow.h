#ifndef CARROW_H
#define CARROW_H

// The two binary interfaces that tables cross library borders by, written from their published specifications:
// the Arrow C data and stream interface, and ADBC 1.1 (Arrow Database Connectivity).
#include "arrow.h"
#include "adbc.h"

#endif
