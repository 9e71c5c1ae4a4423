using Microsoft.Extensions.Options;

namespace Prism.Grains.Chains.Planning;

/// <summary>How chains run, and their limits. Bound from <c>Prism:Chains</c>.</summary>
public sealed class ChainOptions
{
    /// <summary>How long a run is kept, counted from its start. Default: 7 days.</summary>
    public TimeSpan RunRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How often an active run is looked after, so that one whose silo died goes on. Default: 1 minute, the least that there is.</summary>
    public TimeSpan WakePeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the elements of a step with <c>for_each</c> are written that are done before the step is. Default: 1 s.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest attempt of a step without a timeout of its own. Default: 10 minutes.</summary>
    public TimeSpan StepTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The most concurrent calls of a run without a number of its own. Default: 4.</summary>
    public int MaxParallel { get; set; } = 4;

    /// <summary>The most steps of a chain. Default: 64.</summary>
    public int MaxSteps { get; set; } = 64;

    /// <summary>The most elements of a <c>for_each</c>. Default: 1,000.</summary>
    public int MaxElements { get; set; } = 1000;

    /// <summary>The longest inputs, in bytes of JSON. Default: 1 MiB.</summary>
    public int MaxInputBytes { get; set; } = 1024 * 1024;

    /// <summary>The longest state of a run, in bytes of JSON. Default: 8 MiB.</summary>
    public int MaxStateBytes { get; set; } = 8 * 1024 * 1024;
}

/// <summary>Rejects invalid limits.</summary>
internal sealed class ChainOptionsValidator : IValidateOptions<ChainOptions>
{
    public ValidateOptionsResult Validate(string? name, ChainOptions options)
    {
        string[] wrong =
        [
            .. MustBePositive(nameof(options.RunRetention), options.RunRetention.Ticks),
            .. MustBePositive(nameof(options.WakePeriod), options.WakePeriod.Ticks),
            .. MustBePositive(nameof(options.CheckpointInterval), options.CheckpointInterval.Ticks),
            .. MustBePositive(nameof(options.StepTimeout), options.StepTimeout.Ticks),
            .. MustBePositive(nameof(options.MaxParallel), options.MaxParallel),
            .. MustBePositive(nameof(options.MaxSteps), options.MaxSteps),
            .. MustBePositive(nameof(options.MaxElements), options.MaxElements),
            .. MustBePositive(nameof(options.MaxInputBytes), options.MaxInputBytes),
            .. MustBePositive(nameof(options.MaxStateBytes), options.MaxStateBytes),
        ];
        return wrong.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static string[] MustBePositive(string setting, long value) =>
        value > 0 ? [] : [$"Prism:Chains:{setting} must be greater than zero."];
}
