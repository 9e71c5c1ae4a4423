using Microsoft.Extensions.Options;

namespace Prism.Silo.Configuration;

/// <summary>
/// Binds a section to its options and checks it against <see cref="Settings"/>. A section with a problem is not bound at all: the binder's exceptions
/// name neither the variable nor the allowed values.
/// </summary>
internal sealed class SettingsSection<TOptions>(string section, SettingsTable table, IConfiguration configuration)
    : IConfigureOptions<TOptions>, IValidateOptions<TOptions>
    where TOptions : class
{
    /// <summary>The options while the host is being built. A section with a problem keeps its defaults.</summary>
    public static TOptions Read(string section, IConfiguration configuration)
    {
        var options = Activator.CreateInstance<TOptions>();
        new SettingsSection<TOptions>(section, new SettingsTable([]), configuration).Configure(options);
        return options;
    }

    public void Configure(TOptions options)
    {
        if (!FindProblems().Any())
        {
            configuration.GetSection(section).Bind(options);
        }
    }

    public ValidateOptionsResult Validate(string? name, TOptions options) =>
        FindProblems().ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;

    private IEnumerable<string> FindProblems() =>
        from setting in table.In(section)
        let value = configuration[setting.Path!]
        let problem = value is null ? null : setting.Kind.FindProblem(value)
        where problem is not null
        select $"{setting.Label} {problem}.";
}
