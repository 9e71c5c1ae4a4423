using Microsoft.Extensions.Options;
using Prism.Silo.Server;

namespace Prism.Silo.Configuration;

/// <summary>The drain must leave the silo time to hand over its state before the shutdown ends.</summary>
internal sealed class ShutdownValidator : IValidateOptions<ServerOptions>
{
    public ValidateOptionsResult Validate(string? name, ServerOptions options) => options.DrainDelay + options.DrainTimeout < options.ShutdownTimeout
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(
            $"{Settings.LabelOf("Prism:DrainDelay")} is {options.DrainDelay:c} and {Settings.LabelOf("Prism:DrainTimeout")} is {options.DrainTimeout:c}: "
            + "together they have to be below "
            + $"{Settings.LabelOf("Prism:ShutdownTimeout")}, which is {options.ShutdownTimeout:c}.");
}
