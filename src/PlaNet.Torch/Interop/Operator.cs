using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PlaNet.Torch.Interop;

/// <summary>An operator of libtorch, found by name at its first call and kept.</summary>
internal sealed unsafe class Operator(string name, string overload = "")
{
    private const int InlineResults = 4;
    private const int StackWords = 512;

    // Resolved more than once when two threads race; both find the same operator.
    private nint _handle;

    private nint Handle => _handle != 0 ? _handle : _handle = Native.Check(Native.planet_torch_operator("aten::" + name, overload));

    /// <summary>libtorch's name of the operator.</summary>
    internal string Name => overload.Length == 0 ? name : $"{name}.{overload}";

    /// <summary>Looks the operator up without calling it.</summary>
    /// <exception cref="TorchException">This libtorch does not have it.</exception>
    internal void Resolve() => _ = Handle;

    /// <summary>Calls the operator and returns its one tensor.</summary>
    internal torch.Tensor Invoke(params ReadOnlySpan<Arg> args)
    {
        NativeArg result = default;
        Call(args, &result, 1);
        return torch.Tensor.Own((nint)result.Value);
    }

    /// <summary>Calls an operator that changes its first argument and returns it.</summary>
    internal torch.Tensor InvokeInPlace(params ReadOnlySpan<Arg> args)
    {
        Call(args, null, -1);
        return (torch.Tensor)args[0].Reference!;
    }

    /// <summary>Calls an operator for its effect alone.</summary>
    internal void Run(params ReadOnlySpan<Arg> args) => Call(args, null, -1);

    /// <summary>Calls an operator that returns two tensors.</summary>
    internal (torch.Tensor First, torch.Tensor Second) InvokePair(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc NativeArg[2];
        Call(args, results, 2);
        return (torch.Tensor.Own((nint)results[0].Value), torch.Tensor.Own((nint)results[1].Value));
    }

    /// <summary>Calls an operator that returns a scalar, as its kind and bits.</summary>
    internal NativeArg InvokeScalar(params ReadOnlySpan<Arg> args)
    {
        NativeArg result = default;
        Call(args, &result, 1);
        return result;
    }

    /// <summary>Calls an operator that returns any number of tensors; an undefined one comes back as null.</summary>
    internal torch.Tensor?[] InvokeList(params ReadOnlySpan<Arg> args)
    {
        var inline = stackalloc NativeArg[InlineResults];
        var count = Call(args, inline, InlineResults);
        var tensors = new torch.Tensor?[count];
        for (var i = 0; i < Math.Min(count, InlineResults); i++) tensors[i] = OwnOrNull(inline[i]);
        if (count > InlineResults)
        {
            var rest = new NativeArg[count - InlineResults];
            fixed (NativeArg* pointer = rest) Native.planet_torch_take(pointer);
            for (var i = InlineResults; i < count; i++) tensors[i] = OwnOrNull(rest[i - InlineResults]);
        }

        return tensors;
    }

    private static torch.Tensor? OwnOrNull(NativeArg result) => result.Value == 0 ? null : torch.Tensor.Own((nint)result.Value);

    [SkipLocalsInit]
    private int Call(ReadOnlySpan<Arg> args, NativeArg* results, int capacity)
    {
        var handle = Handle;
        var words = 0;
        foreach (ref readonly var arg in args)
        {
            if (arg.Reference is Array array) words += Words(array);
        }

        // Lists are copied beside the arguments: one block to pin, on the stack unless it is long.
        var inline = stackalloc long[words <= StackWords ? words : 0];
        var pinned = words <= StackWords ? null : (long*)NativeMemory.Alloc((nuint)words, sizeof(long));
        try
        {
            var block = pinned is null ? inline : pinned;
            var native = stackalloc NativeArg[args.Length];
            for (var i = 0; i < args.Length; i++)
            {
                ref readonly var arg = ref args[i];
                native[i].Kind = arg.Kind;
                native[i].Count = 0;
                native[i].Value = arg.Bits;
                if (arg.Reference is Array array)
                {
                    native[i].Count = array.Length;
                    native[i].Value = (long)block;
                    Copy(array, block);
                    block += Words(array);
                }
            }

            var count = Native.Check(Native.planet_torch_call(handle, native, args.Length, results, capacity));
            foreach (ref readonly var arg in args) GC.KeepAlive(arg.Reference);
            return count;
        }
        finally
        {
            if (pinned is not null) NativeMemory.Free(pinned);
        }
    }

    private static int Words(Array array) => array is byte[] text ? (text.Length + 7) / 8 : array.Length;

    private static void Copy(Array array, long* target)
    {
        switch (array)
        {
            case long[] values:
                values.CopyTo(new Span<long>(target, values.Length));
                break;
            case torch.Tensor?[] tensors:
                for (var i = 0; i < tensors.Length; i++) target[i] = tensors[i]?.Handle ?? 0;
                break;
            case bool[] flags:
                for (var i = 0; i < flags.Length; i++) target[i] = flags[i] ? 1 : 0;
                break;
            case byte[] text:
                text.CopyTo(new Span<byte>(target, text.Length));
                break;
        }
    }
}
