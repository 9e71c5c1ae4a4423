using Microsoft.Extensions.Options;

namespace Prism.Grains.Catalog;

/// <summary>The quotas of one owner. Bound from <c>Prism:Quotas</c>.</summary>
public sealed class QuotaOptions
{
    /// <summary>The most runs that have not ended. Default: 100.</summary>
    public int ActiveRuns { get; set; } = 100;

    /// <summary>The most runs, ended or not. Default: 20,000.</summary>
    public int Runs { get; set; } = 20_000;

    /// <summary>The most bytes of all runs. Default: 256 MiB.</summary>
    public long RunBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>The most stored chains. Default: 500.</summary>
    public int Chains { get; set; } = 500;

    /// <summary>The most bytes of all stored chains. Default: 64 MiB.</summary>
    public long ChainBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>The most stored templates. Default: 500.</summary>
    public int Templates { get; set; } = 500;

    /// <summary>The most bytes of all stored templates. Default: 16 MiB.</summary>
    public long TemplateBytes { get; set; } = 16 * 1024 * 1024;
}

/// <summary>Rejects invalid quotas.</summary>
internal sealed class QuotaOptionsValidator : IValidateOptions<QuotaOptions>
{
    public ValidateOptionsResult Validate(string? name, QuotaOptions options)
    {
        (string Setting, long Value)[] all =
        [
            (nameof(options.ActiveRuns), options.ActiveRuns),
            (nameof(options.Runs), options.Runs),
            (nameof(options.RunBytes), options.RunBytes),
            (nameof(options.Chains), options.Chains),
            (nameof(options.ChainBytes), options.ChainBytes),
            (nameof(options.Templates), options.Templates),
            (nameof(options.TemplateBytes), options.TemplateBytes),
        ];
        var wrong = all.Where(one => one.Value <= 0).Select(one => $"Prism:Quotas:{one.Setting} must be greater than zero.").ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
