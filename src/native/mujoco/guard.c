#define _GNU_SOURCE
#include "guard.h"

#include <dlfcn.h>
#include <mujoco/mujoco.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

_Thread_local jmp_buf* pmj_guard;
static _Thread_local char last_error[2048];
static _Thread_local char last_warning[2048];

int pmj_fail(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(last_error, sizeof last_error, format, arguments);
  va_end(arguments);
  return -1;
}

void pmj_clear_warning(void) {
  last_warning[0] = 0;
}

const char* pmj_last_warning_text(void) {
  return last_warning;
}

static void on_error(const char* message) {
  pmj_fail("%s", message);
  if (pmj_guard) {
    longjmp(*pmj_guard, 1);
  }

  // MuJoCo must not continue after an error, and there is no guarded call to return to.
  fprintf(stderr, "MuJoCo error outside a guarded call: %s\n", message);
  abort();
}

static void on_warning(const char* message) {
  snprintf(last_warning, sizeof last_warning, "%s", message);
}

static void install(void) {
  mju_user_error = on_error;
  mju_user_warning = on_warning;
}

// Installs the handlers once. Fails if the loaded library has another version than the headers.
PMJ_API int pmj_initialise(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  if (mj_version() != mjVERSION_HEADER) {
    return pmj_fail("the shim was compiled for MuJoCo version %d but version %d was loaded", mjVERSION_HEADER, mj_version());
  }

  pthread_once(&once, install);
  return 0;
}

PMJ_API const char* pmj_last_error(void) {
  return last_error;
}

PMJ_API int pmj_header_version(void) {
  return mjVERSION_HEADER;
}

PMJ_API int pmj_runtime_version(void) {
  return mj_version();
}

// Path of the loaded libmujoco.
PMJ_API const char* pmj_library_path(void) {
  Dl_info info;
  return dladdr((void*)mj_version, &info) && info.dli_fname ? info.dli_fname : "";
}
