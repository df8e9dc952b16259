using PlaNet.Torch.Interop;

namespace PlaNet.Torch;

public static partial class torch
{
    /// <summary>Opens a dispose scope on this thread; tensors made from now on are freed with it.</summary>
    public static DisposeScope NewDisposeScope() => new();

    /// <summary>Whether operators on this thread keep what gradients need.</summary>
    public static bool is_grad_enabled() => Native.planet_torch_is_grad_enabled() != 0;

    /// <summary>Switches gradients on this thread on or off until the result is disposed.</summary>
    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    /// <summary>No gradients on this thread until the result is disposed.</summary>
    public static IDisposable no_grad() => set_grad_enabled(false);

    /// <summary>Gradients on this thread until the result is disposed.</summary>
    public static IDisposable enable_grad() => set_grad_enabled(true);

    /// <summary>
    /// No gradients and no bookkeeping for them on this thread until the result is disposed; tensors made inside can never take part in a
    /// backward pass.
    /// </summary>
    public static IDisposable inference_mode() => new InferenceMode();

    /// <summary>Threads one operator may use. Results are bit-equal only for equal counts.</summary>
    /// <exception cref="TorchException">The count is below 1.</exception>
    public static void set_num_threads(int num) => Native.Check(Native.planet_torch_set_num_threads(num));

    /// <summary>Threads one operator may use.</summary>
    public static int get_num_threads() => Native.planet_torch_get_num_threads();

    /// <summary>Refuses operators that may give other results on the next run (they exist on GPUs).</summary>
    public static void use_deterministic_algorithms(bool mode = true) => Native.Check(Native.planet_torch_set_deterministic(mode ? 1 : 0));

    /// <summary>GPUs.</summary>
    public static class cuda
    {
        /// <summary>Whether this libtorch has CUDA and the machine a GPU it can use.</summary>
        public static bool is_available() => device_count() > 0;

        /// <summary>How many GPUs there are; 0 without CUDA.</summary>
        public static int device_count() => Native.Check(Native.planet_torch_cuda_device_count());
    }

    /// <summary>Derivatives of given tensors.</summary>
    public static class autograd
    {
        /// <summary>The derivatives of outputs with respect to inputs, without touching anybody's <c>grad</c>.</summary>
        /// <param name="outputs">What is derived.</param>
        /// <param name="inputs">With respect to what.</param>
        /// <param name="grad_outputs">What to start from, one for each output; may be left out for single numbers.</param>
        /// <param name="retain_graph">Keep what backward needs, for another call.</param>
        /// <param name="create_graph">Make the derivatives differentiable themselves.</param>
        /// <param name="allow_unused">Give null for an input that does not take part; otherwise that is an error.</param>
        public static unsafe IList<Tensor?> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            ArgumentNullException.ThrowIfNull(outputs);
            ArgumentNullException.ThrowIfNull(inputs);
            nint[] from = [.. outputs.Select(tensor => tensor.Handle)], to = [.. inputs.Select(tensor => tensor.Handle)];
            nint[]? start = grad_outputs is null ? null : [.. grad_outputs.Select(tensor => tensor.Handle)];
            var found = new nint[inputs.Count];
            fixed (nint* outs = from, ins = to, starts = start, results = found)
            {
                Native.Check(Native.planet_torch_gradients(
                    outs, from.Length, ins, to.Length, starts, retain_graph || create_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, results));
            }

            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return [.. found.Select(handle => handle == 0 ? null : Tensor.Own(handle))];
        }
    }

    private sealed class GradMode : IDisposable
    {
        private readonly bool _before = is_grad_enabled();

        public GradMode(bool mode) => Native.planet_torch_set_grad_enabled(mode ? 1 : 0);

        public void Dispose() => Native.planet_torch_set_grad_enabled(_before ? 1 : 0);
    }

    private sealed class InferenceMode : IDisposable
    {
        private nint _guard = Native.planet_torch_enter_inference_mode();

        public void Dispose()
        {
            var guard = Interlocked.Exchange(ref _guard, 0);
            if (guard != 0) Native.planet_torch_leave_inference_mode(guard);
        }
    }
}
