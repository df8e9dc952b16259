using System.Runtime.InteropServices;
using PlaNet.Torch.Interop;

namespace PlaNet.Torch;

/// <summary>TorchSharp's entry point: tensors, functions of them, devices, modules, optimisers.</summary>
public static partial class torch
{
    /// <summary>Zeros of a shape; float32 on the CPU unless said otherwise.</summary>
    public static Tensor zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ops.zeros.Invoke(size, dtype, Arg.None, device).WithGrad(requires_grad);

    /// <summary>A vector of zeros.</summary>
    public static Tensor zeros(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        zeros([size], dtype, device, requires_grad);

    /// <summary>Ones of a shape; float32 on the CPU unless said otherwise.</summary>
    public static Tensor ones(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ops.ones.Invoke(size, dtype, Arg.None, device).WithGrad(requires_grad);

    /// <summary>A vector of ones.</summary>
    public static Tensor ones(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        ones([size], dtype, device, requires_grad);

    /// <summary>One value in a shape; float32 on the CPU unless said otherwise.</summary>
    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ops.full.Invoke(size, value, dtype ?? ScalarType.Float32, Arg.None, device).WithGrad(requires_grad);

    /// <summary>Memory of a shape, whatever it holds.</summary>
    public static Tensor empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ops.empty_memory_format.Invoke(size, dtype, Arg.None, device).WithGrad(requires_grad);

    /// <summary>0, 1, ... below stop; integers if the bound is one.</summary>
    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0L, stop, 1L, dtype, device, requires_grad);

    /// <summary>start, start + 1, ... below stop; integers if the bounds are.</summary>
    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1L, dtype, device, requires_grad);

    /// <summary>start, start + step, ... below stop; integers if all three are.</summary>
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ops.arange_start_step.Invoke(start, stop, step, dtype, Arg.None, device).WithGrad(requires_grad);

    /// <summary>So many numbers from start to end, both included, evenly spaced.</summary>
    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ops.linspace.Invoke(start, end, steps, dtype, Arg.None, device).WithGrad(requires_grad);

    /// <summary>The identity matrix.</summary>
    public static Tensor eye(long rows, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ops.eye.Invoke(rows, dtype, Arg.None, device).WithGrad(requires_grad);

    /// <summary>Zeros like another tensor.</summary>
    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ops.zeros_like.Invoke(input, dtype, Arg.None, device).WithGrad(requires_grad);

    /// <summary>Ones like another tensor.</summary>
    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ops.ones_like.Invoke(input, dtype, Arg.None, device).WithGrad(requires_grad);

    /// <summary>One value in the shape of another tensor.</summary>
    public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ops.full_like.Invoke(input, value, dtype, Arg.None, device).WithGrad(requires_grad);

    /// <summary>Memory like another tensor's, whatever it holds.</summary>
    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ops.empty_like.Invoke(input, dtype, Arg.None, device).WithGrad(requires_grad);

    /// <summary>Uniform numbers from [0, 1).</summary>
    /// <param name="size">The shape.</param>
    /// <param name="dtype">float32 unless given.</param>
    /// <param name="device">The CPU unless given; must be the generator's.</param>
    /// <param name="requires_grad">Whether gradients are kept.</param>
    /// <param name="generator">Where the numbers come from; libtorch's own generator unless given.</param>
    public static Tensor rand(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Ops.rand_generator.Invoke(size, generator, dtype, Arg.None, device ?? generator?.device).WithGrad(requires_grad);

    /// <summary>Normal numbers with mean 0 and deviation 1.</summary>
    /// <param name="size">The shape.</param>
    /// <param name="dtype">float32 unless given.</param>
    /// <param name="device">The CPU unless given; must be the generator's.</param>
    /// <param name="requires_grad">Whether gradients are kept.</param>
    /// <param name="generator">Where the numbers come from; libtorch's own generator unless given.</param>
    public static Tensor randn(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Ops.randn_generator.Invoke(size, generator, dtype, Arg.None, device ?? generator?.device).WithGrad(requires_grad);

    /// <summary>Integers from [0, high), evenly likely; int64 unless said otherwise.</summary>
    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, Generator? generator = null) =>
        randint(0, high, size, dtype, device, generator);

    /// <summary>Integers from [low, high), evenly likely; int64 unless said otherwise.</summary>
    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, Generator? generator = null) =>
        Ops.randint_low_generator.Invoke(low, high, size, generator, dtype ?? ScalarType.Int64, Arg.None, device ?? generator?.device);

    /// <summary>0..n-1 in random order; int64 unless said otherwise.</summary>
    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, Generator? generator = null) =>
        Ops.randperm_generator.Invoke(n, generator, dtype ?? ScalarType.Int64, Arg.None, device ?? generator?.device);

    /// <summary>Normal numbers with given mean and deviation.</summary>
    public static Tensor normal(double mean, double std, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Ops.normal_float_float.Invoke(mean, std, size, generator, dtype, Arg.None, device ?? generator?.device).WithGrad(requires_grad);

    /// <summary>A number, without dimensions.</summary>
    public static Tensor tensor(double scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        full([], scalar, dtype ?? ScalarType.Float64, device, requires_grad);

    /// <summary>A number, without dimensions.</summary>
    public static Tensor tensor(float scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        full([], scalar, dtype ?? ScalarType.Float32, device, requires_grad);

    /// <summary>An integer, without dimensions.</summary>
    public static Tensor tensor(long scalar, ScalarType? dtype = null, Device? device = null) =>
        full([], scalar, dtype ?? ScalarType.Int64, device);

    /// <summary>An integer, without dimensions.</summary>
    public static Tensor tensor(int scalar, ScalarType? dtype = null, Device? device = null) =>
        full([], scalar, dtype ?? ScalarType.Int32, device);

    /// <summary>A truth value, without dimensions.</summary>
    public static Tensor tensor(bool scalar, ScalarType? dtype = null, Device? device = null) =>
        full([], scalar, dtype ?? ScalarType.Bool, device);

    /// <summary>A copy of numbers, as a vector.</summary>
    public static Tensor tensor(float[] data, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied<float>(data, [data.Length], dtype, device, requires_grad);

    /// <summary>A copy of numbers, as a vector.</summary>
    public static Tensor tensor(double[] data, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copied<double>(data, [data.Length], dtype, device, requires_grad);

    /// <summary>A copy of numbers, as a vector.</summary>
    public static Tensor tensor(long[] data, ScalarType? dtype = null, Device? device = null) => Copied<long>(data, [data.Length], dtype, device, false);

    /// <summary>A copy of numbers, as a vector.</summary>
    public static Tensor tensor(int[] data, ScalarType? dtype = null, Device? device = null) => Copied<int>(data, [data.Length], dtype, device, false);

    /// <summary>A copy of numbers, as a vector.</summary>
    public static Tensor tensor(byte[] data, ScalarType? dtype = null, Device? device = null) => Copied<byte>(data, [data.Length], dtype, device, false);

    /// <summary>A copy of truth values, as a vector.</summary>
    public static Tensor tensor(bool[] data, ScalarType? dtype = null, Device? device = null) => Copied<bool>(data, [data.Length], dtype, device, false);

    /// <summary>A copy of numbers in row-major order.</summary>
    /// <typeparam name="T">byte, sbyte, short, int, long, Half, float, double or bool; names the element type.</typeparam>
    /// <param name="data">As many as the shape holds.</param>
    /// <param name="dimensions">The shape.</param>
    /// <param name="dtype">Another type to convert to.</param>
    /// <param name="device">The CPU unless given.</param>
    /// <param name="requires_grad">Whether gradients are kept.</param>
    /// <exception cref="ArgumentException">The data does not fill the shape, or T is no element type.</exception>
    public static Tensor tensor<T>(ReadOnlySpan<T> data, long[] dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        where T : unmanaged => Copied(data, dimensions, dtype, device, requires_grad);

    /// <summary>A copy of numbers in row-major order.</summary>
    public static Tensor tensor<T>(T[] data, long[] dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        where T : unmanaged => Copied<T>(data, dimensions, dtype, device, requires_grad);

    /// <summary>A copy of a C# array of one, two or more dimensions of numbers.</summary>
    public static Tensor from_array(Array rawArray, ScalarType? dtype = null, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(rawArray);
        var dimensions = new long[rawArray.Rank];
        for (var i = 0; i < dimensions.Length; i++) dimensions[i] = rawArray.GetLongLength(i);
        return rawArray switch
        {
            float[,] or float[] or float[,,] or float[,,,] => Copied(Flat<float>(rawArray), dimensions, dtype, device, false),
            double[,] or double[] or double[,,] or double[,,,] => Copied(Flat<double>(rawArray), dimensions, dtype, device, false),
            long[,] or long[] or long[,,] or long[,,,] => Copied(Flat<long>(rawArray), dimensions, dtype, device, false),
            int[,] or int[] or int[,,] or int[,,,] => Copied(Flat<int>(rawArray), dimensions, dtype, device, false),
            byte[,] or byte[] or byte[,,] or byte[,,,] => Copied(Flat<byte>(rawArray), dimensions, dtype, device, false),
            bool[,] or bool[] or bool[,,] or bool[,,,] => Copied(Flat<bool>(rawArray), dimensions, dtype, device, false),
            _ => throw new ArgumentException($"{rawArray.GetType()} is no array of numbers of up to four dimensions.", nameof(rawArray)),
        };
    }

    /// <summary>Tensors end to end along a dimension.</summary>
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Ops.cat.Invoke(AsArray(tensors), dim);

    /// <summary>Tensors of one shape side by side along a new dimension.</summary>
    public static Tensor stack(IList<Tensor> tensors, long dim = 0) => Ops.stack.Invoke(AsArray(tensors), dim);

    /// <summary>x where the condition holds, y elsewhere.</summary>
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Ops.where_self.Invoke(condition, x, y);

    /// <summary>The matrix product over the last two dimensions, broadcast over the others.</summary>
    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);

    /// <summary>start + weight (end - start).</summary>
    public static Tensor lerp(Tensor input, Tensor end, Tensor weight) => input.lerp(end, weight);

    /// <summary>start + weight (end - start).</summary>
    public static Tensor lerp(Tensor input, Tensor end, Scalar weight) => input.lerp(end, weight);

    /// <summary>beta times a tensor plus alpha times the product of two matrices.</summary>
    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => input.addmm(mat1, mat2, beta, alpha);

    /// <summary>Element by element the greater of two tensors.</summary>
    public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);

    /// <summary>Element by element the lesser of two tensors.</summary>
    public static Tensor minimum(Tensor input, Tensor other) => input.minimum(other);

    /// <summary>The hyperbolic tangent of every element.</summary>
    public static Tensor tanh(Tensor input) => input.tanh();

    /// <summary>1 / (1 + e^-x) of every element.</summary>
    public static Tensor sigmoid(Tensor input) => input.sigmoid();

    /// <summary>max(0, x) of every element.</summary>
    public static Tensor relu(Tensor input) => input.relu();

    /// <summary>e to the power of every element.</summary>
    public static Tensor exp(Tensor input) => input.exp();

    /// <summary>The natural logarithm of every element.</summary>
    public static Tensor log(Tensor input) => input.log();

    /// <summary>The square root of every element.</summary>
    public static Tensor sqrt(Tensor input) => input.sqrt();

    /// <summary>The square of every element.</summary>
    public static Tensor square(Tensor input) => input.square();

    /// <summary>The sum of all elements.</summary>
    public static Tensor sum(Tensor input) => input.sum();

    /// <summary>The mean of all elements.</summary>
    public static Tensor mean(Tensor input) => input.mean();

    /// <summary>Whether two tensors have one shape and equal elements.</summary>
    public static bool equal(Tensor left, Tensor right) => Ops.equal.InvokeScalar(left, right).Value != 0;

    /// <summary>Whether every element is within atol + rtol times the other of it.</summary>
    public static bool allclose(Tensor input, Tensor other, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
        Ops.allclose.InvokeScalar(input, other, rtol, atol, equal_nan).Value != 0;

    internal static Tensor[] AsArray(IEnumerable<Tensor> tensors) => tensors as Tensor[] ?? [.. tensors];

    private static Tensor WithGrad(this Tensor tensor, bool requires_grad) => requires_grad ? tensor.requires_grad_() : tensor;

    private static ReadOnlySpan<T> Flat<T>(Array array)
        where T : unmanaged =>
        MemoryMarshal.CreateReadOnlySpan(ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    private static Tensor Copied<T>(ReadOnlySpan<T> data, long[] dimensions, ScalarType? dtype, Device? device, bool requires_grad)
        where T : unmanaged
    {
        var made = empty(dimensions, ScalarTypes.Of<T>());
        if (made.numel() != data.Length)
        {
            made.Dispose();
            throw new ArgumentException($"{data.Length} values do not fill the shape [{string.Join(", ", dimensions)}].", nameof(data));
        }

        made.CopyFrom(data);
        if (device is null or { type: DeviceType.CPU } && (dtype is null || dtype == made.dtype)) return made.WithGrad(requires_grad);
        var converted = Ops.to_dtype_layout.Invoke(made, dtype, Arg.None, device);
        made.Dispose();
        return converted.WithGrad(requires_grad);
    }
}
