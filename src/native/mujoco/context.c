#include "context.h"
#include "guard.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Constants of EGL, OSMesa and OpenGL. They are declared here so that no OpenGL development package is needed to build.
enum {
  EGL_NONE = 0x3038,
  EGL_PLATFORM_DEVICE_EXT = 0x313F,
  EGL_PLATFORM_SURFACELESS_MESA = 0x31DD,
  EGL_OPENGL_API = 0x30A2,
  EGL_OPENGL_BIT = 0x0008,
  EGL_PBUFFER_BIT = 0x0001,
  EGL_SURFACE_TYPE = 0x3033,
  EGL_RENDERABLE_TYPE = 0x3040,
  EGL_COLOR_BUFFER_TYPE = 0x303F,
  EGL_RGB_BUFFER = 0x308E,
  EGL_RED_SIZE = 0x3024,
  EGL_GREEN_SIZE = 0x3023,
  EGL_BLUE_SIZE = 0x3022,
  EGL_ALPHA_SIZE = 0x3021,
  EGL_DEPTH_SIZE = 0x3025,
  EGL_STENCIL_SIZE = 0x3026,
  EGL_EXTENSIONS = 0x3055,
  OSMESA_RGBA = 0x1908,
  GL_UNSIGNED_BYTE = 0x1401,
  GL_RENDERER = 0x1F01,
  GL_VERSION = 0x1F02,
  MAX_DEVICES = 32,
};

enum backend { NO_BACKEND, EGL_DEVICE, EGL_SURFACELESS, OSMESA };

struct pmj_context {
  void* handle;
  void* pixels;  // OSMesa's framebuffer
  int width;
  int height;
};

static struct {
  enum backend kind;
  char name[64];
  char version[128];
  char renderer[128];
  char attempts[1024];

  void* library;
  void* display;
  void* config;

  void* (*get_proc)(const char*);
  void* (*get_platform_display)(unsigned, void*, const int32_t*);
  unsigned (*initialize)(void*, int32_t*, int32_t*);
  unsigned (*terminate)(void*);
  unsigned (*choose_config)(void*, const int32_t*, void**, int32_t, int32_t*);
  unsigned (*bind_api)(unsigned);
  void* (*create_context)(void*, void*, void*, const int32_t*);
  unsigned (*destroy_context)(void*, void*);
  unsigned (*make_current)(void*, void*, void*, void*);
  int32_t (*get_error)(void);

  void* (*os_create)(unsigned, int, int, int, void*);
  void (*os_destroy)(void*);
  unsigned char (*os_make_current)(void*, void*, unsigned, int, int);

  const unsigned char* (*get_string)(unsigned);
} gl;

static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;

static void record_attempt(const char* attempt, const char* outcome) {
  size_t used = strlen(gl.attempts);
  snprintf(gl.attempts + used, sizeof gl.attempts - used, "%s%s: %s", used ? "; " : "", attempt, outcome);
}

static int enter(pmj_context* context) {
  if (gl.kind == OSMESA) {
    if (!gl.os_make_current(context->handle, context->pixels, GL_UNSIGNED_BYTE, context->width, context->height)) {
      return pmj_fail("OSMesa could not make its context current");
    }
  } else {
    // The bound client API is per thread.
    gl.bind_api(EGL_OPENGL_API);
    if (!gl.make_current(gl.display, NULL, NULL, context->handle)) {
      return pmj_fail("EGL could not make its context current (error 0x%x)", gl.get_error());
    }
  }

  // Without a current context MuJoCo deadlocks, or no longer renders at all.
  if (!gl.get_string || !gl.get_string(GL_VERSION)) {
    return pmj_fail("no OpenGL context is current");
  }

  return 0;
}

static void leave(void) {
  if (gl.kind == OSMESA) {
    gl.os_make_current(NULL, NULL, 0, 0, 0);
  } else {
    gl.make_current(gl.display, NULL, NULL, NULL);
  }
}

static void destroy(pmj_context* context) {
  if (context->handle) {
    if (gl.kind == OSMESA) {
      gl.os_destroy(context->handle);
    } else {
      gl.destroy_context(gl.display, context->handle);
    }
  }

  free(context->pixels);
  free(context);
}

static int create(int width, int height, pmj_context** result) {
  *result = NULL;
  pmj_context* context = calloc(1, sizeof *context);
  if (!context) {
    return pmj_fail("out of memory for an OpenGL context");
  }

  context->width = width;
  context->height = height;
  if (gl.kind == OSMESA) {
    context->pixels = malloc((size_t)width * height * 4);
    context->handle = context->pixels ? gl.os_create(OSMESA_RGBA, 24, 8, 0, NULL) : NULL;
  } else {
    // No version attributes: MuJoCo needs the compatibility profile.
    const int32_t attributes[] = {EGL_NONE};
    gl.bind_api(EGL_OPENGL_API);
    context->handle = gl.create_context(gl.display, gl.config, NULL, attributes);
  }

  if (!context->handle) {
    destroy(context);
    return pmj_fail("%s could not create an OpenGL context", gl.name);
  }

  *result = context;
  return 0;
}

// Checks that a context of the backend can be made current and reports its version.
static int probe(void) {
  pmj_context* context;
  if (create(64, 64, &context)) {
    return -1;
  }

  int status = enter(context);
  if (!status) {
    const unsigned char* renderer = gl.get_string(GL_RENDERER);
    snprintf(gl.version, sizeof gl.version, "%s", gl.get_string(GL_VERSION));
    snprintf(gl.renderer, sizeof gl.renderer, "%s", renderer ? (const char*)renderer : "");
  }

  leave();
  destroy(context);
  return status;
}

static int try_display(void* display, enum backend kind, const char* name) {
  const int32_t wanted[] = {EGL_RED_SIZE,     8,  EGL_GREEN_SIZE,   8, EGL_BLUE_SIZE,         8,
                            EGL_ALPHA_SIZE,   8,  EGL_DEPTH_SIZE,   24, EGL_STENCIL_SIZE,     8,
                            EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_COLOR_BUFFER_TYPE, EGL_RGB_BUFFER,
                            EGL_NONE};
  int32_t count = 0;
  if (!display || !gl.initialize(display, NULL, NULL)) {
    record_attempt(name, "cannot be initialised");
    return -1;
  }

  gl.display = display;
  gl.kind = kind;
  snprintf(gl.name, sizeof gl.name, "%s", name);
  gl.bind_api(EGL_OPENGL_API);
  if (gl.choose_config(display, wanted, &gl.config, 1, &count) && count > 0 && !probe()) {
    return 0;
  }

  record_attempt(name, "offers no desktop OpenGL context");
  gl.terminate(display);
  gl.kind = NO_BACKEND;
  return -1;
}

static int load_egl(void) {
  if (gl.library) {
    return 0;
  }

  // RTLD_LOCAL: MuJoCo finds the library by its name, and OSMesa can still be tried after a failure.
  gl.library = dlopen("libEGL.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!gl.library) {
    record_attempt("egl", "libEGL.so.1 is missing");
    return -1;
  }

#define LOAD(member, symbol) *(void**)&gl.member = dlsym(gl.library, symbol)
  LOAD(get_proc, "eglGetProcAddress");
  LOAD(initialize, "eglInitialize");
  LOAD(terminate, "eglTerminate");
  LOAD(choose_config, "eglChooseConfig");
  LOAD(bind_api, "eglBindAPI");
  LOAD(create_context, "eglCreateContext");
  LOAD(destroy_context, "eglDestroyContext");
  LOAD(make_current, "eglMakeCurrent");
  LOAD(get_error, "eglGetError");
  if (gl.get_proc) {
    *(void**)&gl.get_platform_display = gl.get_proc("eglGetPlatformDisplayEXT");
    *(void**)&gl.get_string = gl.get_proc("glGetString");
  }

  if (!gl.get_platform_display || !gl.get_string || !gl.initialize || !gl.terminate || !gl.choose_config || !gl.bind_api ||
      !gl.create_context || !gl.destroy_context || !gl.make_current || !gl.get_error) {
    record_attempt("egl", "libEGL.so.1 lacks needed functions");
    dlclose(gl.library);
    gl.library = NULL;
    return -1;
  }

  return 0;
}

static int open_devices(int only) {
  if (load_egl()) {
    return -1;
  }

  unsigned (*query_devices)(int32_t, void**, int32_t*);
  const char* (*query_string)(void*, int32_t);
  *(void**)&query_devices = gl.get_proc("eglQueryDevicesEXT");
  *(void**)&query_string = gl.get_proc("eglQueryDeviceStringEXT");
  void* devices[MAX_DEVICES];
  int32_t count = 0;
  if (!query_devices || !query_devices(MAX_DEVICES, devices, &count) || count == 0) {
    record_attempt("egl-device", "EGL lists no device");
    return -1;
  }

  // Hardware devices are tried before software devices.
  for (int software = 0; software < 2; software++) {
    for (int i = 0; i < count; i++) {
      const char* extensions = query_string ? query_string(devices[i], EGL_EXTENSIONS) : NULL;
      int is_software = extensions && strstr(extensions, "EGL_MESA_device_software") != NULL;
      if (is_software == software && (only < 0 || only == i)) {
        char name[64];
        snprintf(name, sizeof name, "egl-device:%d", i);
        if (!try_display(gl.get_platform_display(EGL_PLATFORM_DEVICE_EXT, devices[i], NULL), EGL_DEVICE, name)) {
          return 0;
        }
      }
    }
  }

  if (only >= count) {
    record_attempt("egl-device", "there is no device with this number");
  }

  return -1;
}

static int open_surfaceless(void) {
  if (load_egl()) {
    return -1;
  }

  return try_display(gl.get_platform_display(EGL_PLATFORM_SURFACELESS_MESA, NULL, NULL), EGL_SURFACELESS, "surfaceless");
}

static int open_osmesa(void) {
  if (gl.library) {
    dlclose(gl.library);
    gl.library = NULL;
  }

  // RTLD_GLOBAL: MuJoCo looks for OSMesa's entry point among the global symbols.
  const char* names[] = {"libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so"};
  for (int i = 0; i < 3 && !gl.library; i++) {
    gl.library = dlopen(names[i], RTLD_NOW | RTLD_GLOBAL);
  }

  if (!gl.library) {
    record_attempt("osmesa", "libOSMesa is missing");
    return -1;
  }

  LOAD(get_proc, "OSMesaGetProcAddress");
  LOAD(os_create, "OSMesaCreateContextExt");
  LOAD(os_destroy, "OSMesaDestroyContext");
  LOAD(os_make_current, "OSMesaMakeCurrent");
  if (gl.get_proc && gl.os_create && gl.os_destroy && gl.os_make_current) {
    *(void**)&gl.get_string = gl.get_proc("glGetString");
    gl.kind = OSMESA;
    snprintf(gl.name, sizeof gl.name, "osmesa");
    if (!probe()) {
      return 0;
    }
  }

  record_attempt("osmesa", "offers no OpenGL context");
  gl.kind = NO_BACKEND;
  return -1;
}

// choice: egl, egl-device, egl-device:N, surfaceless or osmesa; NULL or empty: the first of egl-device, surfaceless, osmesa that works.
static int open_backend(const char* choice) {
  // Software Mesa starts a thread per core by default, which does not help at these image sizes.
  setenv("LP_NUM_THREADS", "0", 0);
  gl.attempts[0] = 0;
  int any = !choice || !choice[0];
  int device = -1;
  char rest = 0;
  if (any) {
    if (!open_devices(-1) || !open_surfaceless() || !open_osmesa()) {
      return 0;
    }
  } else if (!strcmp(choice, "egl")) {
    if (!open_devices(-1) || !open_surfaceless()) {
      return 0;
    }
  } else if (!strcmp(choice, "egl-device") || (sscanf(choice, "egl-device:%d%c", &device, &rest) == 1 && device >= 0)) {
    if (!open_devices(device)) {
      return 0;
    }
  } else if (!strcmp(choice, "surfaceless")) {
    if (!open_surfaceless()) {
      return 0;
    }
  } else if (!strcmp(choice, "osmesa")) {
    if (!open_osmesa()) {
      return 0;
    }
  } else {
    return pmj_fail("the OpenGL backend '%s' must be egl, egl-device, egl-device:N, surfaceless or osmesa", choice);
  }

  return pmj_fail("no off-screen OpenGL backend works: %s", gl.attempts);
}

// Opens the backend of the process. After the first success, later calls keep that backend and ignore `choice`.
PMJ_API int pmj_open_gl(const char* choice) {
  pthread_mutex_lock(&open_lock);
  int status = gl.kind == NO_BACKEND ? open_backend(choice) : 0;
  pthread_mutex_unlock(&open_lock);
  return status;
}

PMJ_API const char* pmj_gl_backend(void) {
  return gl.name;
}

PMJ_API const char* pmj_gl_version(void) {
  return gl.version;
}

PMJ_API const char* pmj_gl_renderer(void) {
  return gl.renderer;
}

int pmj_context_create(int width, int height, pmj_context** context) {
  if (gl.kind == NO_BACKEND) {
    return pmj_fail("no OpenGL backend is open: call pmj_open_gl first");
  }

  return create(width, height, context);
}

void pmj_context_destroy(pmj_context* context) {
  destroy(context);
}

int pmj_context_enter(pmj_context* context) {
  return enter(context);
}

void pmj_context_leave(pmj_context* context) {
  (void)context;
  leave();
}
