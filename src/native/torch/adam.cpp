// Adam over CPU tensors in one pass: parameter, gradient and both moments are read and written once.
#include "shim.h"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>

#include <cmath>

namespace {

struct Step {
    double step_size;     // learning rate with its bias correction
    double beta1;
    double beta2;
    double root_scale;    // what sqrt(v) is divided by before eps is added
    double eps;
};

template <typename T>
void update(T* parameter, const T* gradient, T* m, T* v, int64_t count, const Step& step) {
    const auto beta1 = static_cast<T>(step.beta1), beta2 = static_cast<T>(step.beta2);
    const auto rest1 = static_cast<T>(1 - step.beta1), rest2 = static_cast<T>(1 - step.beta2);
    const auto size = static_cast<T>(step.step_size), scale = static_cast<T>(1 / step.root_scale), eps = static_cast<T>(step.eps);
    at::parallel_for(0, count, 16384, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; i++) {
            m[i] = beta1 * m[i] + rest1 * gradient[i];
            v[i] = beta2 * v[i] + rest2 * gradient[i] * gradient[i];
            parameter[i] -= size * m[i] / (std::sqrt(v[i]) * scale + eps);
        }
    });
}

bool same_memory_order(const at::Tensor& a, const at::Tensor& b) {
    return a.sizes() == b.sizes() && a.strides() == b.strides() && a.scalar_type() == b.scalar_type() && b.device().is_cpu();
}

} // namespace

// parameter -= step_size * m / (sqrt(v) / root_scale + eps), m and v having been moved first. Returns 1 when done; 0, with nothing
// changed, when the four tensors are not dense CPU tensors of one layout and type (float or double).
PLANET_API int planet_torch_adam(void* parameter_handle, void* gradient_handle, void* m_handle, void* v_handle, double step_size, double beta1,
                                 double beta2, double root_scale, double eps) {
    return planet::guarded([&] {
        auto parameter = planet::borrow(parameter_handle), gradient = planet::borrow(gradient_handle);
        auto m = planet::borrow(m_handle), v = planet::borrow(v_handle);
        auto type = parameter.scalar_type();
        if (!parameter.device().is_cpu() || !parameter.is_non_overlapping_and_dense() || (type != at::kFloat && type != at::kDouble) ||
            !same_memory_order(parameter, gradient) || !same_memory_order(parameter, m) || !same_memory_order(parameter, v)) {
            return 0;
        }
        const Step step{step_size, beta1, beta2, root_scale, eps};
        AT_DISPATCH_FLOATING_TYPES(type, "planet_torch_adam", [&] {
            update(parameter.data_ptr<scalar_t>(), gradient.data_ptr<scalar_t>(), m.data_ptr<scalar_t>(), v.data_ptr<scalar_t>(),
                   parameter.numel(), step);
        });
        // Written behind autograd's back: tell it, so that a graph that saved the old values refuses to go on with the new ones.
        parameter.unsafeGetTensorImpl()->bump_version();
        return 1;
    });
}
