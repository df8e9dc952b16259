#include "renderer.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_GEOMS = 1000 };

// MuJoCo loads the OpenGL functions for the whole process when the first context is made.
static pthread_mutex_t make_lock = PTHREAD_MUTEX_INITIALIZER;

static int make_render_context(const mjModel* m, pmj_renderer* r) {
  PMJ_GUARDED_BEGIN
  mjv_makeScene(m, &r->scene, MAX_GEOMS);
  mjr_makeContext(m, &r->render_context, mjFONTSCALE_150);
  mjr_setBuffer(mjFB_OFFSCREEN, &r->render_context);
  PMJ_GUARDED_END
  return r->render_context.currentBuffer == mjFB_OFFSCREEN ? 0 : pmj_fail("OpenGL offers no off-screen framebuffer");
}

static void free_render_context(pmj_renderer* r) {
  mjr_freeContext(&r->render_context);
  mjv_freeScene(&r->scene);
}

static void free_renderer(pmj_renderer* r) {
  if (r->context) {
    pmj_context_destroy(r->context);
  }

  free(r->bottom_up);
  free(r);
}

// A value of 0 keeps the model's own setting. MuJoCo reads the settings only here, so they are changed temporarily.
PMJ_API int pmj_make_renderer(mjModel* m, int width, int height, int shadow_size, int slices, int stacks, pmj_renderer** result) {
  *result = NULL;
  pmj_renderer* r = calloc(1, sizeof *r);
  if (!r) {
    return pmj_fail("out of memory for a renderer");
  }

  r->width = width;
  r->height = height;
  r->bottom_up = malloc((size_t)width * height * 3);
  mjv_defaultScene(&r->scene);
  mjr_defaultContext(&r->render_context);
  mjv_defaultOption(&r->option);
  r->option.flags[mjVIS_RANGEFINDER] = 0;
  if (!r->bottom_up) {
    free_renderer(r);
    return pmj_fail("out of memory for a frame of %d by %d", width, height);
  }

  pthread_mutex_lock(&make_lock);
  int status = pmj_context_create(width, height, &r->context);
  if (!status) {
    status = pmj_context_enter(r->context);
    if (!status) {
      mjVisual saved = m->vis;
      m->vis.global.offwidth = width;
      m->vis.global.offheight = height;
      m->vis.quality.shadowsize = shadow_size ? shadow_size : saved.quality.shadowsize;
      m->vis.quality.numslices = slices ? slices : saved.quality.numslices;
      m->vis.quality.numstacks = stacks ? stacks : saved.quality.numstacks;
      status = make_render_context(m, r);
      m->vis = saved;
      if (status) {
        free_render_context(r);
      }
    }

    pmj_context_leave(r->context);
  }

  pthread_mutex_unlock(&make_lock);
  if (status) {
    free_renderer(r);
  } else {
    *result = r;
  }

  return status;
}

PMJ_API int pmj_free_renderer(pmj_renderer* r) {
  pthread_mutex_lock(&make_lock);
  int status = pmj_context_enter(r->context);
  if (!status) {
    free_render_context(r);
  }

  pmj_context_leave(r->context);
  pthread_mutex_unlock(&make_lock);
  free_renderer(r);
  return status;
}

static int draw(const mjModel* m, mjData* d, pmj_renderer* r, int camera) {
  mjvCamera view;
  mjv_defaultCamera(&view);
  view.type = mjCAMERA_FIXED;
  view.fixedcamid = camera;
  mjrRect viewport = {0, 0, r->width, r->height};
  PMJ_GUARDED_BEGIN
  mjr_setBuffer(mjFB_OFFSCREEN, &r->render_context);
  mjv_updateScene(m, d, &r->option, NULL, &view, mjCAT_ALL, &r->scene);
  mjr_render(viewport, &r->scene, &r->render_context);
  mjr_readPixels(r->bottom_up, NULL, viewport, &r->render_context);
  PMJ_GUARDED_END
  if (d->warning[mjWARN_VGEOMFULL].number) {
    return pmj_fail("the scene has more than %d visible geoms: reduce the number of geoms in the model", MAX_GEOMS);
  }

  return 0;
}

// Renders the view of a fixed camera into height * width * 3 bytes, top row first.
PMJ_API int pmj_render(const mjModel* m, mjData* d, pmj_renderer* r, int camera, unsigned char* rgb) {
  if (camera < 0 || camera >= m->ncam) {
    return pmj_fail("camera %d does not exist: the model has %d cameras, counted from 0", camera, (int)m->ncam);
  }

  int status = pmj_context_enter(r->context);
  if (!status) {
    status = draw(m, d, r, camera);
  }

  pmj_context_leave(r->context);
  if (!status) {
    size_t row = (size_t)r->width * 3;
    for (int y = 0; y < r->height; y++) {
      memcpy(rgb + (size_t)y * row, r->bottom_up + (size_t)(r->height - 1 - y) * row, row);
    }
  }

  return status;
}
