using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Models;

/// <summary>
/// A gated recurrent unit. In the original code (<see cref="GruForm.ResetBefore"/>, TensorFlow's GRUBlockCell) the reset gate
/// multiplies the state before the candidate's matrix product; in cuDNN and PyTorch (<see cref="GruForm.ResetAfter"/>) it multiplies the
/// product. In both forms the initial biases are 1 for the gates and 0 for the candidate.
/// </summary>
public sealed class GruCell : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly DenseLayer gates;
    private readonly DenseLayer candidate;
    private readonly Parameter? recurrent_bias;
    private readonly long _size;

    /// <summary>Makes the cell.</summary>
    /// <param name="inputs">Input features.</param>
    /// <param name="size">Number of units.</param>
    /// <param name="generator">Source of the initial weights.</param>
    /// <param name="form">Position of the reset gate. Default before the product.</param>
    public GruCell(long inputs, long size, Generator generator, GruForm form = GruForm.ResetBefore)
        : base(nameof(GruCell))
    {
        _size = size;
        gates = new DenseLayer(inputs + size, 2 * size, generator, initialBias: 1);
        candidate = new DenseLayer(inputs + size, size, generator);
        recurrent_bias = form == GruForm.ResetAfter ? Layouts.Parameter(zeros([size])) : null;
        RegisterComponents();
    }

    /// <summary>
    /// One step: <c>[r, u] = sigmoid([x, h] W + b)</c>, <c>h' = u h + (1 - u) c</c> with <c>c = tanh([x, r h] V + d)</c>, or with
    /// <c>c = tanh(x V_x + d + r (h V_h + e))</c> for <see cref="GruForm.ResetAfter"/>.
    /// </summary>
    /// <param name="input">x, [batch, inputs].</param>
    /// <param name="state">h, [batch, size].</param>
    /// <returns>h', [batch, size].</returns>
    public override Tensor forward(Tensor input, Tensor state)
    {
        return forward(input, state, leadingTerm: null);
    }

    /// <summary>One step on an input whose leading features are given by their <see cref="LeadingTerm"/>, or are all zero.</summary>
    /// <param name="input">The trailing features of x, or all of them, [batch, features].</param>
    /// <param name="state">h, [batch, size].</param>
    /// <param name="leadingTerm">The contribution of the leading features, [batch, 3 size]; null if they are zero.</param>
    /// <returns>h', [batch, size].</returns>
    public Tensor forward(Tensor input, Tensor state, Tensor? leadingTerm)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(state);
        var gateValues = Affine(gates, cat([input, state], -1), leadingTerm?.narrow(-1, 0, 2 * _size)).sigmoid();
        var reset = gateValues.narrow(-1, 0, _size);
        var update = gateValues.narrow(-1, _size, _size);
        var proposed = Candidate(input, state, reset, leadingTerm?.narrow(-1, 2 * _size, _size)).tanh();
        return lerp(proposed, state, update);
    }

    /// <summary>The contribution of the leading features of x to the sums of gates and candidate, for many steps at once.</summary>
    /// <param name="leading">The leading features of x, [..., leading].</param>
    /// <returns>[..., 3 size].</returns>
    public Tensor LeadingTerm(Tensor leading)
    {
        ArgumentNullException.ThrowIfNull(leading);
        var features = leading.shape[^1];
        return DenseLayer.Affine(leading, cat([gates.Weight.narrow(1, 0, features), candidate.Weight.narrow(1, 0, features)], 0));
    }

    private Tensor Candidate(Tensor input, Tensor state, Tensor reset, Tensor? leadingTerm)
    {
        if (recurrent_bias is null)
        {
            return Affine(candidate, cat([input, reset * state], -1), leadingTerm);
        }

        var (inputs, given) = (candidate.Weight.shape[1] - _size, input.shape[^1]);
        var fromInput = DenseLayer.Affine(input, candidate.Weight.narrow(1, inputs - given, given), candidate.Bias);
        var fromState = DenseLayer.Affine(state, candidate.Weight.narrow(1, inputs, _size), recurrent_bias);
        return (leadingTerm is null ? fromInput : fromInput.Plus(leadingTerm)).Plus(reset * fromState);
    }

    private static Tensor Affine(DenseLayer layer, Tensor trailing, Tensor? leadingTerm)
    {
        var (features, given) = (layer.Weight.shape[1], trailing.shape[^1]);
        if (given == features)
        {
            return layer.forward(trailing);
        }

        var sum = DenseLayer.Affine(trailing, layer.Weight.narrow(1, features - given, given), layer.Bias);
        return leadingTerm is null ? sum : sum.Plus(leadingTerm);
    }
}
