namespace PlaNet.Properties

open PlaNet.Experiments
open PlaNet.Models
open PlaNet.Objectives
open PlaNet.Tensors
open TorchSharp

/// Small world models and batches.
module Small =

    let options z g h =
        ModelOptions(StochasticSize = z, BeliefSize = g, HiddenSize = h, Depth = 1, RewardLayers = 1, RewardUnits = 6)

    /// Forms of the latent dynamics, as overrides of the options: every kind of model, and every switch at least once.
    let forms =
        Input.oneOf [
            []
            [ "model.prior_input=pre_gru" ]
            [ "model.gru=reset_after"; "model.model_layers=2"; "model.activation=swish" ]
            [ "model.deterministic=reference" ]
            [ "model.deterministic=belief_only" ]
            [ "model.transition=ssm" ]
            [ "model.transition=drnn" ]
            [ "model.transition=drnn"; "model.gru=reset_after"; "model.activation=elu" ]
        ]

    let ofForm (changes: string list) (z, g, h) =
        Overrides.ApplyAll(Experiment(Model = options z g h), changes).Model

    /// Sizes of stochastic state, belief and hidden layers, from 1 up.
    let sizes = Input.triple (Input.integer 1 4) (Input.integer 1 6) (Input.integer 1 6)

    let modelOf form kind seed actionSize sizes =
        use generator = new torch.Generator(seed)
        let made = new WorldModel(ofForm form sizes, actionSize, generator)
        made.``to`` (kind: torch.ScalarType) |> ignore
        made

    let model kind seed actionSize sizes = modelOf [] kind seed actionSize sizes

    /// A model that predicts the end of episodes as well.
    let ending kind seed actionSize sizes = modelOf [ "model.continuation=on" ] kind seed actionSize sizes

    /// Sequences, the noise of their posteriors, and the noise of predictions, [distance, batch, time, stochastic].
    type Batch =
        { Images: Tensor
          Actions: Tensor
          Rewards: Tensor
          Terminated: Tensor
          Noise: Tensor
          Imagination: Tensor }

        /// Applies a change to every tensor, with batch and time as its first two axes.
        member this.Map(change: Tensor -> Tensor) =
            { Images = change this.Images
              Actions = change this.Actions
              Rewards = change this.Rewards
              Terminated = change this.Terminated
              Noise = change this.Noise
              Imagination = (change (this.Imagination.permute (1L, 2L, 0L, 3L))).permute (2L, 0L, 1L, 3L) }

    let batch kind seed (size: int) (time: int) (model: WorldModel) =
        let shape rest = int64 size :: int64 time :: rest
        let z = model.Dynamics.StochasticSize

        { Images = (uniform kind seed (shape [ 3L; 64L; 64L ])).sub 0.5
          Actions = ((uniform kind (seed + 1uL) (shape [ int64 model.ActionSize ])).mul 2.0).sub 1.0
          Rewards = gaussian kind (seed + 2uL) (shape [])
          Terminated = (uniform kind (seed + 5uL) (shape [])).gt(0.7).``to`` (kind: torch.ScalarType)
          Noise = gaussian kind (seed + 3uL) (shape [ z ])
          Imagination = gaussian kind (seed + 4uL) (int64 time :: shape [ z ]) }

    /// The objective of a batch; lengths are those of its sequences, null without padding.
    let objectiveOf (lengths: int array | null) (model: WorldModel) options (batch: Batch) =
        Objective.Compute(
            model,
            options,
            batch.Images,
            batch.Actions,
            batch.Rewards,
            batch.Noise,
            batch.Imagination,
            lengths,
            terminated = batch.Terminated
        )

    let objective model options batch = objectiveOf null model options batch

    /// The gradient of a loss with respect to every parameter.
    let gradients (model: WorldModel) (loss: Tensor) =
        derivatives loss [ for p in model.parameters () -> p :> Tensor ] |> List.map Option.get

    let lossAndGradientsOf lengths model options batch =
        let total = (objectiveOf lengths model options batch).Total
        number total, gradients model total

    let lossAndGradients model options batch = lossAndGradientsOf null model options batch

    let requireSameGradients tolerance (expected: float[] list) (actual: float[] list) =
        for e, a in List.zip expected actual do
            let largest = e |> Array.map abs |> Array.max
            let same x y = abs (x - y) <= tolerance * largest + 1e-9
            Array.iter2 (fun x y -> require (same x y) $"a gradient {x} became {y} beside {largest}") e a

    /// All terms on, without free nats so that small untrained models have a divergence gradient.
    let everyTerm normalisation =
        ObjectiveOptions(
            FreeNats = 0.0,
            OvershootingNormalisation = normalisation,
            GlobalDivergenceScale = 0.5,
            OvershootingScale = 2.0,
            OvershootingDistance = 3,
            OvershootingReward = OvershootingReward.Prior,
            OvershootingRewardScale = 3.0,
            ObservationOvershootingScale = 0.25,
            ObservationOvershootingDistance = 2
        )

    let normalisation = Input.oneOf (List.ofArray (System.Enum.GetValues<OvershootingNormalisation>()))
