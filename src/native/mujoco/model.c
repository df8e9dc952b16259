#include "guard.h"
#include "view.h"

#include <mujoco/mjxmacro.h>
#include <mujoco/mujoco.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(mjtNum) == sizeof(double), "MuJoCo must be built in double precision");

// The stars of a skybox come from libc's rand(), which every compilation seeds, so compilations must not run concurrently.
static pthread_mutex_t compile_lock = PTHREAD_MUTEX_INITIALIZER;

// The layout of mjVFS depends on the MuJoCo version.
static int add_file(mjVFS* vfs, const char* name, const void* bytes, int size) {
#if mjVERSION_HEADER >= 313
  return mj_addBufferVFS(vfs, name, bytes, size);
#else
  int failed = mj_makeEmptyFileVFS(vfs, name, size);
  if (!failed) {
    memcpy(vfs->filedata[vfs->nfile - 1], bytes, size);
  }

  return failed;
#endif
}

static int compile(mjVFS* vfs, const char* main_name, char* error, int error_size, mjModel** model) {
  PMJ_GUARDED_BEGIN
  *model = mj_loadXML(main_name, vfs, error, error_size);
  PMJ_GUARDED_END
  return 0;
}

// Compiles the first of the given files; it refers to the others (meshes, textures, included files) by name.
// `warning` receives a warning of the compiler even if compilation succeeds.
PMJ_API int pmj_load_model(int count, const char** names, const void** contents, const int32_t* sizes, char* warning, int warning_size,
                           mjModel** model) {
  *model = NULL;
  warning[0] = 0;
  mjVFS* vfs = malloc(sizeof *vfs);
  if (!vfs) {
    return pmj_fail("out of memory for the virtual file system");
  }

  mj_defaultVFS(vfs);
  int status = 0;
  for (int i = 0; i < count && !status; i++) {
    if (add_file(vfs, names[i], contents[i], sizes[i])) {
      status = pmj_fail("file '%s' could not be added: file names must be unique and not empty, and files must not be empty", names[i]);
    }
  }

  if (!status) {
    pthread_mutex_lock(&compile_lock);
    status = compile(vfs, names[0], warning, warning_size, model);
    pthread_mutex_unlock(&compile_lock);
    if (!status && !*model) {
      status = pmj_fail("%s", warning);
    }
  }

  mj_deleteVFS(vfs);
  free(vfs);
  return status;
}

PMJ_API void pmj_free_model(mjModel* model) {
  mj_deleteModel(model);
}

PMJ_API int pmj_model_size(const mjModel* m, const char* name, int32_t* value) {
#define X(field)                    \
  if (!strcmp(name, #field)) {      \
    *value = (int32_t)m->field;     \
    return 0;                       \
  }
  MJMODEL_INTS
#undef X
  return pmj_fail("a model has no size named '%s'", name);
}

// Id of an object by kind ("body", "geom", ...) and name, or -1.
PMJ_API int pmj_model_id(const mjModel* m, const char* kind, const char* name) {
  return mj_name2id(m, mju_str2Type(kind), name);
}

PMJ_API const char* pmj_model_name(const mjModel* m, const char* kind, int id) {
  return mj_id2name(m, mju_str2Type(kind), id);
}

static int option_view(mjModel* m, const char* name, pmj_view* view) {
#define X(type, field) PMJ_TRY("opt." #field, &m->opt.field, 1, 1)
  MJOPTION_SCALARS
#undef X
#define X(field, size) PMJ_TRY("opt." #field, &m->opt.field[0], 1, size)
  MJOPTION_VECTORS
#undef X
  return -1;
}

static int visual_view(mjModel* m, const char* name, pmj_view* view) {
#define SCALAR(field) PMJ_TRY(#field, &m->field, 1, 1)
#define VECTOR(field, size) PMJ_TRY(#field, &m->field[0], 1, size)
  SCALAR(stat.meaninertia)
  SCALAR(stat.meanmass)
  SCALAR(stat.meansize)
  SCALAR(stat.extent)
  VECTOR(stat.center, 3)
  SCALAR(vis.global.fovy)
  SCALAR(vis.global.ipd)
  SCALAR(vis.global.azimuth)
  SCALAR(vis.global.elevation)
  SCALAR(vis.global.linewidth)
  SCALAR(vis.global.glow)
  SCALAR(vis.global.offwidth)
  SCALAR(vis.global.offheight)
  SCALAR(vis.quality.shadowsize)
  SCALAR(vis.quality.offsamples)
  SCALAR(vis.quality.numslices)
  SCALAR(vis.quality.numstacks)
  SCALAR(vis.quality.numquads)
  VECTOR(vis.headlight.ambient, 3)
  VECTOR(vis.headlight.diffuse, 3)
  VECTOR(vis.headlight.specular, 3)
  SCALAR(vis.headlight.active)
  SCALAR(vis.map.stiffness)
  SCALAR(vis.map.stiffnessrot)
  SCALAR(vis.map.force)
  SCALAR(vis.map.torque)
  SCALAR(vis.map.alpha)
  SCALAR(vis.map.fogstart)
  SCALAR(vis.map.fogend)
  SCALAR(vis.map.znear)
  SCALAR(vis.map.zfar)
  SCALAR(vis.map.haze)
  SCALAR(vis.map.shadowclip)
  SCALAR(vis.map.shadowscale)
  SCALAR(vis.map.actuatortendon)
#undef SCALAR
#undef VECTOR
  return -1;
}

// Finds an array by its name in mjModel, or a member of its by-value structs, such as "opt.timestep" or "vis.quality.shadowsize".
PMJ_API int pmj_model_view(mjModel* m, const char* name, pmj_view* view) {
#undef MJ_M
#define MJ_M(n) m->n
#define X(type, field, rows, columns) PMJ_TRY(#field, m->field, m->rows, columns)
  MJMODEL_POINTERS
#undef X
  if (!option_view(m, name, view) || !visual_view(m, name, view)) {
    return 0;
  }

  return pmj_fail("a model has no array named '%s'", name);
}
