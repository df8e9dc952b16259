namespace MyProperties

open PlaNet.Models
open PlaNet.Planning
open PlaNet.Properties
open TorchSharp

/// An example planner: it keeps the best action sequence and perturbs it with noise that shrinks in each iteration.
type MyPlanner(horizon: int64, iterations: int, candidates: int64) =
    interface IPlanner with
        member _.Plan(dynamics, state, noise, _, _) =
            use _ = torch.NewDisposeScope()
            let agents, population = state.shape[0], candidates + 1L
            let rows = agents * population
            let mutable best = torch.zeros ([| horizon; agents; 1L; dynamics.ActionSize |], dtype = state.dtype)
            let mutable bestReturn = (torch.zeros ([| agents |], dtype = state.dtype)).mul nan
            let mutable stddev = 1.0

            for _ in 1..iterations do
                let perturbation = (noise.Actions [| horizon; agents; candidates; dynamics.ActionSize |]).mul stddev
                let actions = torch.cat ([| best; (best + perturbation).clamp (-1.0, 1.0) |], 2L)
                let mutable states = state.repeat_interleave (population, 0L)
                let mutable returns = torch.zeros ([| rows |], dtype = state.dtype)

                for step in 0L .. horizon - 1L do
                    let draws = (noise.Dynamics [| agents; population; dynamics.NoiseSize |]).reshape (rows, dynamics.NoiseSize)
                    states <- dynamics.Transition(states, actions.select(0L, step).reshape (rows, dynamics.ActionSize), draws)
                    returns <- returns + dynamics.Reward states

                let returns = returns.view (agents, population)
                let chosen = returns.argmax 1L
                best <- actions.gather (2L, chosen.view(1L, agents, 1L, 1L).expand (horizon, agents, 1L, dynamics.ActionSize))
                bestReturn <- returns.gather(1L, chosen.unsqueeze 1L).squeeze 1L
                stddev <- stddev * 0.7

            let mean = best.squeeze(2L).transpose(0L, 1L).contiguous ()
            let stddevs = (torch.ones_like mean).mul stddev
            new Plan(mean.MoveToOuterDisposeScope(), stddevs.MoveToOuterDisposeScope(), bestReturn.MoveToOuterDisposeScope())

/// An example transition model: one dense layer each for prior and posterior; the sample is the whole state.
type MyTransition(size: int64, actionSize: int64, embeddingSize: int64, generator: torch.Generator) as this =
    inherit TransitionModel("MyTransition")

    let prior = new DenseLayer(size + actionSize, 2L * size, generator)
    let posterior = new DenseLayer(size + actionSize + embeddingSize, 2L * size, generator)

    let sampled (layer: DenseLayer) (inputs: Tensor array) noise =
        let parts = (layer.forward (torch.cat (inputs, -1L))).chunk (2L, -1L)
        let distribution = DiagonalGaussian(parts[0], (torch.nn.functional.softplus parts[1]).add 0.1)
        let sample = distribution.Sample noise
        LatentState(distribution, sample, sample.narrow (-1L, 0L, 0L))

    do this.RegisterComponents()

    override _.StochasticSize = size
    override _.BeliefSize = 0L
    override _.FeatureSize = size
    override _.Features(sample: Tensor, _: Tensor) = sample
    override _.Transition(sample: Tensor, _: Tensor, action: Tensor, noise: Tensor) = sampled prior [| sample; action |] noise

    override _.Posterior(previous, action, embedding, noise) =
        sampled posterior [| previous.Sample; action; embedding |] noise

    override model.Observe(embeddings, actions, noise) =
        let step previous (embedding, action, draw) = model.Posterior(previous, action, embedding, draw)
        let steps = Array.zip3 (embeddings.unbind 1L) (actions.unbind 1L) (noise.unbind 1L)
        let states = steps |> Array.scan step (model.InitialState embeddings.shape[0])
        let predict (previous: LatentState) (_, action, draw) = model.Transition(previous, action, draw).Distribution
        let priors = Array.map2 predict states[.. steps.Length - 1] steps
        struct (LatentState.OverTime states[1..], DiagonalGaussian.OverTime priors)
