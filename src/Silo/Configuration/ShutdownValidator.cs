using Microsoft.Extensions.Options;
using Prism.Silo.Server;

namespace Prism.Silo.Configuration;

/// <summary>A drain that uses up the whole time of a shutdown would leave the silo none to hand over what it has.</summary>
internal sealed class ShutdownValidator : IValidateOptions<ServerOptions>
{
    public ValidateOptionsResult Validate(string? name, ServerOptions options) => options.DrainDelay + options.DrainTimeout < options.ShutdownTimeout
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(
            $"{Settings.LabelOf("Prism:DrainDelay")} is {options.DrainDelay:c} and {Settings.LabelOf("Prism:DrainTimeout")} is {options.DrainTimeout:c}: "
            + "together they have to be below "
            + $"{Settings.LabelOf("Prism:ShutdownTimeout")}, which is {options.ShutdownTimeout:c}.");
}
