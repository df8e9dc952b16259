namespace PlaNet.Models;

/// <summary>
/// The gated recurrent unit of the original code: the reset gate acts before the candidate's product, and both gates start
/// with a bias of 1 (spec 2.3; TensorFlow's GRUBlockCell). cuDNN's and PyTorch's units differ in both.
/// </summary>
public sealed class GruCell : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly DenseLayer gates;
    private readonly DenseLayer candidate;
    private readonly long _size;

    /// <summary>Makes the cell.</summary>
    /// <param name="inputs">Input features.</param>
    /// <param name="size">Units.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public GruCell(long inputs, long size, Generator generator)
        : base(nameof(GruCell))
    {
        _size = size;
        gates = new DenseLayer(inputs + size, 2 * size, generator, initialBias: 1);
        candidate = new DenseLayer(inputs + size, size, generator);
        RegisterComponents();
    }

    /// <summary>One step: <c>[r, u] = sigmoid([x, h] W + b)</c>, <c>c = tanh([x, r h] V + d)</c>, <c>h' = u h + (1 - u) c</c>.</summary>
    /// <param name="input">x, [batch, inputs].</param>
    /// <param name="state">h, [batch, size].</param>
    /// <returns>h', [batch, size].</returns>
    public override Tensor forward(Tensor input, Tensor state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var opened = gates.forward(cat([input, state], -1)).sigmoid();
        var reset = opened.narrow(-1, 0, _size);
        var update = opened.narrow(-1, _size, _size);
        var proposed = candidate.forward(cat([input, reset * state], -1)).tanh();
        return lerp(proposed, state, update);
    }
}
