using PlaNet.Experiments;

namespace PlaNet.Models;

/// <summary>The variational objective (equation 3 of the paper, spec 3.1): a bound on the likelihood of images and rewards.</summary>
public static class Objective
{
    /// <summary>Computes the loss of a batch of chunks.</summary>
    /// <param name="model">The world model.</param>
    /// <param name="options">Weights of the terms.</param>
    /// <param name="images">Preprocessed images, [batch, time, 3, height, width].</param>
    /// <param name="actions">The action that led to each image, [batch, time, action].</param>
    /// <param name="rewards">The reward of that step, [batch, time].</param>
    /// <param name="noise">Standard normal noise of the posterior, [batch, time, stochastic].</param>
    public static ObjectiveTerms Compute(
        WorldModel model, ObjectiveOptions options, Tensor images, Tensor actions, Tensor rewards, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(rewards);
        var (posterior, prior) = model.Dynamics.Observe(model.Embed(images), actions, noise);
        var features = model.Dynamics.Features(posterior);
        var imageLoss = -ImageLogProbability(images, model.Decode(features)).mean();
        var rewardLoss = -UnitNormalLogProbability(rewards, model.Reward.forward(features)).mean();
        var divergence = DiagonalGaussian.Divergence(posterior.Distribution, prior);
        var divergenceLoss = FreeNats(divergence, options.FreeNats).mean();
        var total = (options.ImageScale * imageLoss) + (options.RewardScale * rewardLoss) + (options.DivergenceScale * divergenceLoss);
        return new ObjectiveTerms(total, imageLoss, rewardLoss, divergenceLoss, divergence.detach().mean());
    }

    /// <summary>ln N(image | mean, 1), summed over height, width and channels.</summary>
    /// <param name="images">[batch, time, 3, height, width].</param>
    /// <param name="means">Of the same shape.</param>
    /// <returns>[batch, time].</returns>
    public static Tensor ImageLogProbability(Tensor images, Tensor means)
    {
        ArgumentNullException.ThrowIfNull(images);
        var values = images.shape[2] * images.shape[3] * images.shape[4];
        return (-0.5 * (images - means).square().sum([2L, 3L, 4L])) - (0.5 * Math.Log(2 * Math.PI) * values);
    }

    /// <summary>ln N(value | mean, 1), per element.</summary>
    /// <param name="value">Any shape.</param>
    /// <param name="mean">The same shape.</param>
    public static Tensor UnitNormalLogProbability(Tensor value, Tensor mean)
    {
        ArgumentNullException.ThrowIfNull(value);
        return (-0.5 * (value - mean).square()) - (0.5 * Math.Log(2 * Math.PI));
    }

    /// <summary>
    /// The part of the divergence that costs: max(0, divergence - free nats), for each element of batch and time before any averaging.
    /// </summary>
    /// <param name="divergence">In nats, [batch, time].</param>
    /// <param name="freeNats">Nats that cost nothing.</param>
    public static Tensor FreeNats(Tensor divergence, double freeNats)
    {
        ArgumentNullException.ThrowIfNull(divergence);
        return (divergence - freeNats).relu();
    }
}
