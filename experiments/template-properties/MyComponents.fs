namespace MyProperties

open PlaNet.Models
open PlaNet.Planning
open PlaNet.Properties
open TorchSharp

/// A planner of your own: it keeps the best sequence so far and tries others around it, nearer each time.
type MyPlanner(horizon: int64, iterations: int, candidates: int64) =
    interface IPlanner with
        member _.Plan(dynamics, state, noise, _, _) =
            use _ = torch.NewDisposeScope()
            let agents, tried = state.shape[0], candidates + 1L
            let rows = agents * tried
            let mutable best = torch.zeros ([| horizon; agents; 1L; dynamics.ActionSize |], dtype = state.dtype)
            let mutable reached = (torch.zeros ([| agents |], dtype = state.dtype)).mul nan
            let mutable spread = 1.0

            for _ in 1..iterations do
                let around = (noise.Actions [| horizon; agents; candidates; dynamics.ActionSize |]).mul spread
                let actions = torch.cat ([| best; (best + around).clamp (-1.0, 1.0) |], 2L)
                let mutable states = state.repeat_interleave (tried, 0L)
                let mutable returns = torch.zeros ([| rows |], dtype = state.dtype)

                for step in 0L .. horizon - 1L do
                    let draws = (noise.Dynamics [| agents; tried; dynamics.NoiseSize |]).reshape (rows, dynamics.NoiseSize)
                    states <- dynamics.Transition(states, actions.select(0L, step).reshape (rows, dynamics.ActionSize), draws)
                    returns <- returns + dynamics.Reward states

                let returns = returns.view (agents, tried)
                let chosen = returns.argmax 1L
                best <- actions.gather (2L, chosen.view(1L, agents, 1L, 1L).expand (horizon, agents, 1L, dynamics.ActionSize))
                reached <- returns.gather(1L, chosen.unsqueeze 1L).squeeze 1L
                spread <- spread * 0.7

            let mean = best.squeeze(2L).transpose(0L, 1L).contiguous ()
            let stddev = (torch.ones_like mean).mul spread
            new Plan(mean.MoveToOuterDisposeScope(), stddev.MoveToOuterDisposeScope(), reached.MoveToOuterDisposeScope())

/// A transition of your own: one layer for the prior and one for the posterior, nothing carried on but the sample.
type MyTransition(size: int64, actionSize: int64, embeddingSize: int64, generator: torch.Generator) as this =
    inherit TransitionModel("MyTransition")

    let prior = new DenseLayer(size + actionSize, 2L * size, generator)
    let posterior = new DenseLayer(size + actionSize + embeddingSize, 2L * size, generator)

    let drawn (layer: DenseLayer) (inputs: Tensor array) noise =
        let parts = (layer.forward (torch.cat (inputs, -1L))).chunk (2L, -1L)
        let distribution = DiagonalGaussian(parts[0], (torch.nn.functional.softplus parts[1]).add 0.1)
        let sample = distribution.Sample noise
        LatentState(distribution, sample, sample.narrow (-1L, 0L, 0L))

    do this.RegisterComponents()

    override _.StochasticSize = size
    override _.BeliefSize = 0L
    override _.FeatureSize = size
    override _.Features(sample: Tensor, _: Tensor) = sample
    override _.Transition(sample: Tensor, _: Tensor, action: Tensor, noise: Tensor) = drawn prior [| sample; action |] noise

    override _.Posterior(previous, action, embedding, noise) =
        drawn posterior [| previous.Sample; action; embedding |] noise

    override model.Observe(embeddings, actions, noise) =
        let step before (embedding, action, draw) = model.Posterior(before, action, embedding, draw)
        let steps = Array.zip3 (embeddings.unbind 1L) (actions.unbind 1L) (noise.unbind 1L)
        let states = steps |> Array.scan step (model.InitialState embeddings.shape[0])
        let unseen = Array.map2 (fun (before: LatentState) (_, action, draw) -> model.Transition(before, action, draw).Distribution) states[.. steps.Length - 1] steps
        struct (LatentState.OverTime states[1..], DiagonalGaussian.OverTime unseen)
