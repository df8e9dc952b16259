namespace PlaNet.Torch;

/// <summary>
/// Owns the tensors made on its thread while it is the innermost scope, and frees them when it is disposed. Without scopes tensors live
/// until the garbage collector, which knows nothing of native memory, comes by.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? s_current;

    private readonly List<torch.Tensor> _tensors = [];
    private bool _disposed;

    internal DisposeScope()
    {
        OuterScope = s_current;
        s_current = this;
    }

    /// <summary>The innermost scope of this thread; null outside every scope.</summary>
    public static DisposeScope? Current => s_current;

    /// <summary>The scope around this one.</summary>
    public DisposeScope? OuterScope { get; private set; }

    /// <summary>How many tensors the scope owns.</summary>
    public int DisposablesCount
    {
        get
        {
            lock (_tensors) return _tensors.Count;
        }
    }

    /// <summary>Hands a tensor to the scope around this one; where there is none it belongs to nobody.</summary>
    /// <returns>The tensor itself.</returns>
    public torch.Tensor MoveToOuter(torch.Tensor tensor) => MoveToOther(OuterScope, tensor);

    /// <summary>Hands tensors to the scope around this one.</summary>
    public void MoveToOuter(params ReadOnlySpan<torch.Tensor> tensors)
    {
        foreach (var tensor in tensors) MoveToOuter(tensor);
    }

#pragma warning disable CA1822 // instance methods in TorchSharp
    /// <summary>Hands a tensor to another scope; with null it belongs to nobody.</summary>
    /// <returns>The tensor itself.</returns>
    public torch.Tensor MoveToOther(DisposeScope? scope, torch.Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.OwningDisposeScope?.Remove(tensor);
        scope?.Include(tensor);
        return tensor;
    }

    /// <summary>Takes a tensor out of the scope: whoever holds it disposes it.</summary>
    /// <returns>The tensor itself.</returns>
    public torch.Tensor Detach(torch.Tensor tensor) => MoveToOther(null, tensor);
#pragma warning restore CA1822

    /// <summary>Puts a tensor into the scope, out of any other.</summary>
    /// <returns>The tensor itself.</returns>
    public torch.Tensor Include(torch.Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.OwningDisposeScope == this) return tensor;
        tensor.OwningDisposeScope?.Remove(tensor);
        lock (_tensors)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            tensor.OwningDisposeScope = this;
            tensor.ScopeIndex = _tensors.Count;
            _tensors.Add(tensor);
        }

        return tensor;
    }

    /// <summary>Frees every tensor of the scope but keeps the scope open.</summary>
    public void DisposeEverything() => DisposeEverythingBut();

    /// <summary>Frees every tensor of the scope but those given, and keeps the scope open.</summary>
    public void DisposeEverythingBut(params ReadOnlySpan<torch.Tensor> keep)
    {
        torch.Tensor[] owned;
        lock (_tensors)
        {
            owned = [.. _tensors];
        }

        foreach (var tensor in owned)
        {
            if (!keep.Contains(tensor)) tensor.Dispose();
        }
    }

    /// <summary>Closes the scope and frees its tensors.</summary>
    /// <exception cref="InvalidOperationException">The scope was opened on another thread.</exception>
    public void Dispose()
    {
        if (_disposed) return;
        Unlink();
        lock (_tensors)
        {
            _disposed = true;
            foreach (var tensor in _tensors)
            {
                tensor.OwningDisposeScope = null;
                tensor.Dispose();
            }

            _tensors.Clear();
        }
    }

    internal void Remove(torch.Tensor tensor)
    {
        lock (_tensors)
        {
            if (tensor.OwningDisposeScope != this) return;
            var last = _tensors[^1];
            _tensors[tensor.ScopeIndex] = last;
            last.ScopeIndex = tensor.ScopeIndex;
            _tensors.RemoveAt(_tensors.Count - 1);
            tensor.OwningDisposeScope = null;
        }
    }

    private void Unlink()
    {
        if (s_current == this)
        {
            s_current = OuterScope;
            return;
        }

        var inner = s_current;
        while (inner is not null && inner.OuterScope != this) inner = inner.OuterScope;
        if (inner is null) throw new InvalidOperationException("A dispose scope must be closed on the thread that opened it.");
        inner.OuterScope = OuterScope;
    }
}
