using Microsoft.Extensions.Options;
using Prism.Server;

namespace Prism.Configuration;

/// <summary>Requests that use up the whole time of a shutdown would leave the silo none to hand over what it has.</summary>
internal sealed class ShutdownValidator : IValidateOptions<ServerOptions>
{
    public ValidateOptionsResult Validate(string? name, ServerOptions options) => options.DrainTimeout < options.ShutdownTimeout
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(
            $"{Settings.LabelOf("Prism:DrainTimeout")} is {options.DrainTimeout:c} and has to be below "
            + $"{Settings.LabelOf("Prism:ShutdownTimeout")}, which is {options.ShutdownTimeout:c}.");
}
