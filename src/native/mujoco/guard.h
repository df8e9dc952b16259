// Turns MuJoCo's fatal errors into return codes.
//
// By default mju_error prints the message, waits for Enter and exits the process. The installed handler instead stores the
// message and jumps (longjmp) to the innermost guarded shim function of this thread, which returns -1. Only native frames are
// skipped.
#ifndef PLANET_GUARD_H
#define PLANET_GUARD_H

#include <setjmp.h>

#define PMJ_API __attribute__((visibility("default")))

extern _Thread_local jmp_buf* pmj_guard;

// Stores a message for pmj_last_error and returns -1.
int pmj_fail(const char* format, ...) __attribute__((format(printf, 1, 2)));

// Clears the last warning of this thread.
void pmj_clear_warning(void);

// The last warning that MuJoCo raised on this thread, or an empty string.
const char* pmj_last_warning_text(void);

#define PMJ_GUARDED_BEGIN              \
  jmp_buf pmj_here;                    \
  jmp_buf* pmj_outer = pmj_guard;      \
  if (setjmp(pmj_here)) {              \
    pmj_guard = pmj_outer;             \
    return -1;                         \
  }                                    \
  pmj_guard = &pmj_here;

#define PMJ_GUARDED_END pmj_guard = pmj_outer;

#endif
