namespace PlaNet.Planning;

/// <summary>A distribution of action sequences that the cross-entropy method samples from and fits to elites. Immutable.</summary>
internal interface IActionDistribution
{
    /// <summary>Samples candidates.</summary>
    /// <param name="candidates">Candidates per agent, J.</param>
    /// <param name="noise">Source of randomness: one draw of <see cref="INoiseSource.Actions"/>.</param>
    /// <param name="imagination">Clips candidates, where that applies.</param>
    /// <returns>[horizon, agents, candidates, action].</returns>
    Tensor Sample(long candidates, INoiseSource noise, Imagination imagination);

    /// <summary>The distribution of the elites, in the current dispose scope.</summary>
    /// <param name="elites">The best candidates.</param>
    IActionDistribution Fit(EliteSet elites);

    /// <summary>Moves the tensors to the enclosing dispose scope.</summary>
    void MoveToOuterDisposeScope();

    /// <summary>The plan of this distribution; moves its tensors to the enclosing dispose scope.</summary>
    /// <param name="planReturn">Mean return of the last elites, [agents].</param>
    Plan ToPlan(Tensor planReturn);
}
