using Microsoft.Extensions.Options;
using Prism.Pipeline;
using Prism.Silo.Configuration.Kinds;

namespace Prism.Silo.Configuration;

/// <summary>Reads and checks the keys. A problem with them stops the start: it never leaves authentication off.</summary>
internal sealed class AuthSection(IConfiguration configuration) : IConfigureOptions<AuthOptions>, IValidateOptions<AuthOptions>
{
    public void Configure(AuthOptions options)
    {
        options.AdminApiKey = Read(Settings.AdminApiKey);
        options.ApiKeys = Read(Settings.ApiKeys) is { } keys ? ListKind.Split(keys) : [];
    }

    public ValidateOptionsResult Validate(string? name, AuthOptions options)
    {
        var problems = new[] { Settings.AdminApiKey, Settings.ApiKeys }
            .Select(setting => Read(setting) is { } value && setting.Kind.FindProblem(value) is { } problem ? $"{setting.Label} {problem}." : null)
            .Append(options.AdminApiKey is { } admin && options.ApiKeys.Contains(admin)
                ? $"{Settings.ApiKeys.Label} contains the key of {Settings.AdminApiKey.Label}: every caller with it would be the admin."
                : null)
            .OfType<string>()
            .ToList();
        return problems.Count > 0 ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }

    private string? Read(Setting setting) => ProvidersSection.ReadValue(configuration, setting.Path!);
}
