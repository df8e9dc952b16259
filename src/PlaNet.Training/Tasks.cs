using PlaNet.Environments;
using PlaNet.Experiments;

namespace PlaNet.Training;

/// <summary>Makes the environment that an experiment describes.</summary>
public static class Tasks
{
    /// <summary>A fresh environment with action repeat and 64x64 images.</summary>
    /// <param name="options">The task and how it is observed.</param>
    public static IEnvironment Create(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return TaskRegistry.Create(
            options.Name,
            new TaskSettings
            {
                ActionRepeat = options.ActionRepeat,
                Pixels = new ImageSpec(),
                RenderQuality = options.RenderQuality == RenderQuality.Fast ? MuJoCo.RenderQuality.Fast : MuJoCo.RenderQuality.Reference,
            });
    }
}
