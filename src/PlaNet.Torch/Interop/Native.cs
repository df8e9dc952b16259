using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PlaNet.Torch.Interop;

/// <summary>What the shim tells about a tensor; the layout is the one in <c>tensor.cpp</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TensorInfo
{
    public long Elements;
    public long Bytes;
    public int Dimensions;
    public int DType;
    public int DeviceType;
    public int DeviceIndex;
    public int RequiresGrad;
    public int IsLeaf;
}

/// <summary>The shim's exports. Every function that can fail returns -1 and leaves its message for <c>Check</c>.</summary>
internal static unsafe partial class Native
{
    internal const string Library = "planet_torch";

#pragma warning disable CA2255 // The resolver has to be in place before the first call, whichever type makes it.
    [ModuleInitializer]
    internal static void Initialize() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, LibraryLoader.Resolve);
#pragma warning restore CA2255

    /// <summary>Throws what the shim reported on this thread when <paramref name="code"/> is -1.</summary>
    internal static int Check(int code)
    {
        if (code < 0) throw Error();
        return code;
    }

    /// <summary>Throws what the shim reported on this thread when <paramref name="handle"/> is null.</summary>
    internal static nint Check(nint handle)
    {
        if (handle == 0) throw Error();
        return handle;
    }

    private static TorchException Error()
    {
        var kind = planet_torch_error(out var message);
        return new TorchException((TorchErrorKind)kind, Marshal.PtrToStringUTF8(message)!.TrimEnd());
    }

    [LibraryImport(Library)] private static partial int planet_torch_error(out nint message);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint planet_torch_operator(string name, string overload);

    [LibraryImport(Library)] internal static partial int planet_torch_call(nint op, NativeArg* args, int count, NativeArg* results, int capacity);

    [LibraryImport(Library)] internal static partial void planet_torch_take(NativeArg* results);

    [LibraryImport(Library)] internal static partial void planet_torch_release(nint handle);

    [LibraryImport(Library)] internal static partial nint planet_torch_alias(nint handle);

    [LibraryImport(Library)] internal static partial int planet_torch_info(nint handle, out TensorInfo info);

    [LibraryImport(Library)] internal static partial int planet_torch_layout(nint handle, long* sizes, long* strides);

    [LibraryImport(Library)] internal static partial int planet_torch_is_contiguous(nint handle, int format);

    [LibraryImport(Library)] internal static partial int planet_torch_data(nint handle, out nint data);

    [LibraryImport(Library)] internal static partial int planet_torch_set_requires_grad(nint handle, int value);

    [LibraryImport(Library)] internal static partial int planet_torch_set_data(nint handle, nint source);

    [LibraryImport(Library)] internal static partial int planet_torch_grad(nint handle, out nint grad);

    [LibraryImport(Library)] internal static partial int planet_torch_set_grad(nint handle, nint grad);

    [LibraryImport(Library)]
    internal static partial int planet_torch_backward(nint* outputs, nint* gradients, int count, int retain, int create, nint* inputs, int inputCount);

    [LibraryImport(Library)]
    internal static partial int planet_torch_gradients(nint* outputs, int outputCount, nint* inputs, int inputCount, nint* gradients, int retain, int create, int allowUnused, nint* results);

    [LibraryImport(Library)] internal static partial int planet_torch_is_grad_enabled();

    [LibraryImport(Library)] internal static partial void planet_torch_set_grad_enabled(int enabled);

    [LibraryImport(Library)] internal static partial nint planet_torch_enter_inference_mode();

    [LibraryImport(Library)] internal static partial void planet_torch_leave_inference_mode(nint guard);

    [LibraryImport(Library)]
    internal static partial int planet_torch_conv_transpose2d(nint input, nint weight, nint bias, long strideHeight, long strideWidth, out nint result);

    [LibraryImport(Library)] internal static partial nint planet_torch_generator(long device, ulong seed);

    [LibraryImport(Library)] internal static partial void planet_torch_generator_release(nint handle);

    [LibraryImport(Library)] internal static partial int planet_torch_generator_seed(nint handle, ulong seed);

    [LibraryImport(Library)] internal static partial int planet_torch_generator_initial_seed(nint handle, out ulong seed);

    [LibraryImport(Library)] internal static partial int planet_torch_generator_state(nint handle, out nint state);

    [LibraryImport(Library)] internal static partial int planet_torch_generator_set_state(nint handle, nint state);

    [LibraryImport(Library)] internal static partial int planet_torch_manual_seed(ulong seed);

    [LibraryImport(Library)]
    internal static partial int planet_torch_adam(nint parameter, nint gradient, nint m, nint v, double stepSize, double beta1, double beta2, double rootScale, double eps);

    [LibraryImport(Library)] internal static partial nint planet_torch_version();

    [LibraryImport(Library)] internal static partial nint planet_torch_describe(int what);

    [LibraryImport(Library)] internal static partial int planet_torch_set_num_threads(int threads);

    [LibraryImport(Library)] internal static partial int planet_torch_get_num_threads();

    [LibraryImport(Library)] internal static partial int planet_torch_cuda_device_count();

    [LibraryImport(Library)] internal static partial int planet_torch_set_deterministic(int value);
}
