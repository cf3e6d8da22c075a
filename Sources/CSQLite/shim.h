#include <sqlite3.h>

// The macro is a cast, which Swift does not import.
static inline sqlite3_destructor_type machizu_sqlite_transient(void) { return SQLITE_TRANSIENT; }
