using Microsoft.Extensions.Options;
using Prism.Pipeline;
using Prism.Silo.Metrics;

namespace Prism.Silo.Configuration;

/// <summary>The metrics page can only be closed if there is a key for it.</summary>
internal sealed class MetricsAuthValidator(IOptions<AuthOptions> auth) : IValidateOptions<MetricsOptions>
{
    public ValidateOptionsResult Validate(string? name, MetricsOptions options)
    {
        try
        {
            return options.Auth && auth.Value.AdminApiKey is null
                ? ValidateOptionsResult.Fail($"{Settings.LabelOf("Prism:Metrics:Auth")} is true, and {Settings.AdminApiKey.Label} is not set.")
                : ValidateOptionsResult.Success;
        }
        catch (OptionsValidationException)
        {
            // The check of the other options reports their problem.
            return ValidateOptionsResult.Skip;
        }
    }
}
