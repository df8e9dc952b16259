// One call for every operator: arguments are boxed and go through the dispatcher by the operator's name, so that a new operator
// needs no C++ at all and the same source serves every libtorch from 1.13 on.
#include "shim.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

using c10::IValue;
using planet::Arg;
using planet::Kind;

struct Operator {
    c10::OperatorHandle handle;
    std::vector<std::optional<IValue>> defaults;
    std::vector<bool> is_double;
    std::string name;
};

IValue box(const Arg& arg) {
    switch (arg.kind) {
    case Kind::None:
        return {};
    case Kind::Tensor:
        return planet::borrow(arg.pointer);
    case Kind::TensorList: {
        c10::List<at::Tensor> list;
        list.reserve(arg.count);
        for (int i = 0; i < arg.count; i++) {
            list.push_back(planet::borrow(static_cast<void**>(arg.pointer)[i]));
        }
        return list;
    }
    case Kind::OptionalTensorList: {
        c10::List<planet::Optional<at::Tensor>> list;
        list.reserve(arg.count);
        for (int i = 0; i < arg.count; i++) {
            void* handle = static_cast<void**>(arg.pointer)[i];
            list.push_back(handle ? planet::Optional<at::Tensor>(planet::borrow(handle)) : planet::Optional<at::Tensor>());
        }
        return list;
    }
    case Kind::Int:
        return arg.integer;
    case Kind::Double:
        return arg.real;
    case Kind::Bool:
        return arg.integer != 0;
    case Kind::IntList: {
        c10::List<int64_t> list;
        list.reserve(arg.count);
        for (int i = 0; i < arg.count; i++) {
            list.push_back(static_cast<int64_t*>(arg.pointer)[i]);
        }
        return list;
    }
    case Kind::BoolList: {
        c10::List<bool> list;
        list.reserve(arg.count);
        for (int i = 0; i < arg.count; i++) {
            list.push_back(static_cast<int64_t*>(arg.pointer)[i] != 0);
        }
        return list;
    }
    case Kind::DoubleList: {
        c10::List<double> list;
        list.reserve(arg.count);
        for (int i = 0; i < arg.count; i++) {
            list.push_back(static_cast<double*>(arg.pointer)[i]);
        }
        return list;
    }
    case Kind::Device:
        return planet::unpack_device(arg.integer);
    case Kind::String:
        return std::string(static_cast<const char*>(arg.pointer), arg.count);
    case Kind::Generator:
        return planet::borrow_generator(arg.pointer);
    default:
        TORCH_CHECK(false, "unknown argument kind ", static_cast<int>(arg.kind));
    }
}

// Values that a result list did not leave room for; fetched by planet_torch_take.
thread_local std::vector<Arg> overflow;

struct Results {
    Arg* out;
    int capacity;
    int count = 0;

    void add(Arg value) {
        if (count < capacity) {
            out[count] = value;
        } else {
            overflow.push_back(value);
        }
        count++;
    }

    void add(at::Tensor tensor) {
        Arg value{Kind::Tensor, 0, {}};
        value.pointer = planet::release(std::move(tensor));
        add(value);
    }

    void unbox(IValue&& result) {
        Arg value{Kind::None, 0, {}};
        if (result.isTensor()) {
            add(std::move(result).toTensor());
            return;
        }
        if (result.isTensorList()) {
            for (at::Tensor tensor : result.toTensorVector()) {
                add(std::move(tensor));
            }
            return;
        }
        if (result.isInt()) {
            value.kind = Kind::Int;
            value.integer = result.toInt();
        } else if (result.isDouble()) {
            value.kind = Kind::Double;
            value.real = result.toDouble();
        } else if (result.isBool()) {
            value.kind = Kind::Bool;
            value.integer = result.toBool();
        } else {
            TORCH_CHECK(result.isNone(), "an operator returned a ", result.tagKind(), ", which the shim does not pass on");
        }
        add(value);
    }
};

} // namespace

// The operator of that name and overload ("aten::add", "Tensor"), kept for the life of the process; null when there is none.
PLANET_API void* planet_torch_operator(const char* name, const char* overload) {
    Operator* found = nullptr;
    planet::guarded([&] {
        auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
        auto op = std::make_unique<Operator>(Operator{handle, {}, {}, std::string(name)});
        for (const auto& argument : handle.schema().arguments()) {
            op->defaults.push_back(argument.default_value() ? std::optional<IValue>(*argument.default_value()) : std::nullopt);
            auto type = argument.type();
            if (auto optional = type->cast<c10::OptionalType>()) {
                type = optional->getElementType();
            }
            op->is_double.push_back(type->kind() == c10::TypeKind::FloatType);
        }
        found = op.release();
        return 0;
    });
    return found;
}

// Calls an operator. Arguments follow the schema's order; those left out take their defaults. Returns the number of results, of
// which the first `capacity` are in `out` and the rest wait for planet_torch_take. With capacity -1 the results are dropped
// (in-place operators return their first argument).
PLANET_API int planet_torch_call(void* op_handle, const Arg* args, int count, Arg* out, int capacity) {
    return planet::guarded([&] {
        auto& op = *static_cast<Operator*>(op_handle);
        auto arity = static_cast<int>(op.defaults.size());
        TORCH_CHECK(count <= arity, op.name, " takes at most ", arity, " arguments, not ", count);
        torch::jit::Stack stack;
        stack.reserve(std::max(arity, 4));
        for (int i = 0; i < arity; i++) {
            if (i >= count || args[i].kind == Kind::Default) {
                TORCH_CHECK(op.defaults[i].has_value(), op.name, " needs its argument ", i);
                stack.push_back(*op.defaults[i]);
            } else if (args[i].kind == Kind::Int && op.is_double[i]) {
                stack.emplace_back(static_cast<double>(args[i].integer));
            } else {
                stack.push_back(box(args[i]));
            }
        }
        op.handle.callBoxed(&stack);
        if (capacity < 0) {
            return 0;
        }
        Results results{out, capacity};
        for (auto& value : stack) {
            results.unbox(std::move(value));
        }
        return results.count;
    });
}

// The results of the last call on this thread that did not fit.
PLANET_API void planet_torch_take(Arg* out) {
    std::copy(overflow.begin(), overflow.end(), out);
    overflow.clear();
}
