using Microsoft.Extensions.Options;
using Prism.Pipeline.Costs;

namespace Prism.Silo.Configuration;

/// <summary>Reports wrong prices at the start, not on a bill.</summary>
internal sealed class PricesValidator : IValidateOptions<CostOptions>
{
    public ValidateOptionsResult Validate(string? name, CostOptions options) =>
        options.PricesFile is { Length: > 0 } file && PriceFile.FindProblem(file) is { } problem
            ? ValidateOptionsResult.Fail($"{Settings.LabelOf(Settings.PricesFilePath)}: {file} {problem}.")
            : ValidateOptionsResult.Success;
}
