using PlaNet.Tensors;

namespace PlaNet.Planning;

/// <summary>
/// An independent categorical distribution of the choice at each step. Fitted to elites, the probability of choice i is
/// (n_i + 1/N) / (K + 1), where n_i of the K elites choose i of N: as if one more elite chose all equally. So no choice ever has
/// probability 0, from which no later iteration could bring it back, and without elites all are equally probable.
/// </summary>
/// <param name="Probabilities">[horizon, agents, 1, choices]; positive, with the sum 1 over the choices.</param>
/// <param name="Modes">
/// The most probable choice of each step, one-hot, of the same shape. Of equally probable ones it is that of the best elite, and without
/// elites the first.
/// </param>
internal sealed record CategoricalActions(Tensor Probabilities, Tensor Modes) : IActionDistribution
{
    /// <summary>Equal probabilities.</summary>
    /// <param name="shape">[horizon, agents, 1, choices].</param>
    /// <param name="state">Gives type and device.</param>
    public static CategoricalActions Uniform(long[] shape, Tensor state)
    {
        var probabilities = full(shape, Scalars.Of(1.0 / shape[3]), dtype: state.dtype, device: state.device);
        return new CategoricalActions(probabilities, OneHot(zeros([shape[0], shape[1], shape[2]], int64, state.device), probabilities));
    }

    /// <summary>
    /// One-hot candidates. A normal number becomes a uniform one through its distribution function, and selects the choice in whose
    /// interval of the cumulated probabilities it lies: choice i with its probability.
    /// </summary>
    /// <inheritdoc/>
    public Tensor Sample(long candidates, INoiseSource noise, Imagination imagination)
    {
        using var scope = NewDisposeScope();
        var normal = noise.Actions([Probabilities.shape[0], Probabilities.shape[1], candidates, 1]);
        var uniform = Scalars.Of(0.5) * (normal * Scalars.Of(Math.Sqrt(0.5))).erf().Plus(Scalars.Of(1));
        var ends = Probabilities.cumsum(3).narrow(3, 0, Probabilities.shape[3] - 1);
        var choices = uniform.ge(ends).sum(3, type: int64);
        return OneHot(choices, Probabilities).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IActionDistribution Fit(EliteSet elites) => Of(elites);

    /// <summary>The smoothed frequencies of the elites' choices, in the current dispose scope.</summary>
    /// <param name="elites">The best candidates.</param>
    public static CategoricalActions Of(EliteSet elites)
    {
        using var scope = NewDisposeScope();
        var chosen = elites.Actions * elites.Weights.gt(Scalars.Of(0)).to(elites.Actions.dtype);
        var counts = chosen.sum(2, keepdim: true);
        var count = elites.Count.view(1, -1, 1, 1);
        var probabilities = counts.Plus(Scalars.Of(1.0 / counts.shape[3])) / count.Plus(Scalars.Of(1));

        // Elites are sorted from the best on. Every choice has another best elite, whose rank in (0, 1) decides between equal counts.
        var most = elites.Actions.shape[2];
        var rank = arange(Scalars.Of(most), Scalars.Of(0), Scalars.Of(-1), dtype: counts.dtype, device: counts.device)
            .view(1, 1, most, 1) / Scalars.Of(most + 1);
        var modes = OneHot(counts.Plus((chosen * rank).amax([2L], keepdim: true)).argmax(3), probabilities);
        return new CategoricalActions(probabilities.MoveToOuterDisposeScope(), modes.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void MoveToOuterDisposeScope()
    {
        Probabilities.MoveToOuterDisposeScope();
        Modes.MoveToOuterDisposeScope();
    }

    /// <summary>The moments are those of the one-hot vector: mean p and standard deviation sqrt(p (1 - p)).</summary>
    /// <inheritdoc/>
    public Plan ToPlan(Tensor planReturn)
    {
        var plan = Plan.Of(Probabilities, (Probabilities * Probabilities.Complement()).sqrt(), planReturn);
        return plan with { Choices = Modes.squeeze(2).transpose(0, 1).contiguous().MoveToOuterDisposeScope() };
    }

    private static Tensor OneHot(Tensor choices, Tensor like) =>
        choices.unsqueeze(3).eq(Arithmetic.Indices(like.shape[3], choices.device)).to(like.dtype);
}
