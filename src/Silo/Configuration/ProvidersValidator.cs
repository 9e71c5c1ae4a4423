using System.Globalization;
using Microsoft.Extensions.Options;
using Prism.Providers;
using Prism.Silo.Configuration.Kinds;

namespace Prism.Silo.Configuration;

/// <summary>Checks the providers: each setting by itself, and settings that depend on each other.</summary>
internal sealed class ProvidersValidator(IConfiguration configuration) : IValidateOptions<ProvidersOptions>
{
    public ValidateOptionsResult Validate(string? name, ProvidersOptions options)
    {
        var problems = options.Providers.Values.SelectMany(FindProblems).ToList();
        // Problems that follow from another problem are not reported.
        problems = problems.Count > 0 ? problems : [.. FindProblemsOfDefault(options), .. options.FallbackProviders.SelectMany(fallback => FindProblemsOfFallback(options, fallback))];
        return problems.Count > 0 ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }

    private IEnumerable<string> FindProblems(ProviderOptions provider)
    {
        if (ProviderNames.BuiltIn.FirstOrDefault(builtIn => builtIn.Name == provider.Name) is { } builtIn)
        {
            return builtIn.Type == provider.Type
                ? FindInvalid(provider).Concat(FindUnpaired(provider)).Concat(FindTwoKeys(provider)).Concat(FindTooTight(provider))
                : [$"{ProviderSettings.Type.Of(provider).Label} cannot be changed: '{provider.Name}' is built in. Add a provider of another name."];
        }

        if (ProviderNames.FindProblem(provider.Name) is { } problem)
        {
            return [$"{Setting.LabelOf(Settings.Providers.Name, Settings.ProvidersPath)} {problem}."];
        }

        return FindInvalid(provider).ToList() is { Count: > 0 } invalid
            ? invalid
            : FindMissing(provider).Concat(FindUnpaired(provider)).Concat(FindTwoKeys(provider)).Concat(FindTooTight(provider));
    }

    private IEnumerable<string> FindInvalid(ProviderOptions provider) =>
        from setting in ProviderSettings.Of(provider).Select(setting => setting.Of(provider))
        let value = ProvidersSection.ReadValue(configuration, setting.Path!)
        let problem = value is null ? null : setting.Kind.FindProblem(value)
        where problem is not null
        select $"{setting.Label} {problem}.";

    // A key must not be sent to another's address, so Prism does not guess which key is for which address.
    private static IEnumerable<string> FindUnpaired(ProviderOptions provider)
    {
        if (provider is { ApiKeys.Length: > 1 and var keys, BaseUrls.Length: > 1 and var urls } && keys != urls)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{ProviderSettings.ApiKey.Of(provider).Label} has {keys} keys and {ProviderSettings.BaseUrl.Of(provider).Label} {urls} addresses: "
                    + $"with several keys and several addresses, their numbers have to be equal: each key belongs to one address.");
        }
    }

    // Without a key, the header may hold other credentials: those of a proxy, for instance.
    private static IEnumerable<string> FindTwoKeys(ProviderOptions provider)
    {
        if (!provider.ApiKeys.IsEmpty
            && provider.Headers.Any(header => header.Key.Equals(provider.Type?.KeyHeader, StringComparison.OrdinalIgnoreCase)))
        {
            yield return $"{ProviderSettings.Headers.Of(provider).Label} has the header '{provider.Type!.KeyHeader}', which Prism sets from "
                + $"{ProviderSettings.ApiKey.Of(provider).Label}: only one of them can be set.";
        }
    }

    // A reservation is the prompt plus the cap: with these, no request without a cap of its own would ever be admitted.
    private static IEnumerable<string> FindTooTight(ProviderOptions provider) =>
        from limit in new[]
        {
            (Setting: ProviderSettings.TokensPerMinute, Tokens: provider.TokensPerMinute),
            (Setting: ProviderSettings.TokensPerDay, Tokens: provider.TokensPerDay),
            (Setting: ProviderSettings.TokensPerMonth, Tokens: provider.TokensPerMonth),
        }
        where limit.Tokens <= provider.DefaultMaxTokens
        select string.Create(
            CultureInfo.InvariantCulture,
            $"{limit.Setting.Of(provider).Label} is {limit.Tokens}, which has to be above the default output cap: "
                + $"{ProviderSettings.DefaultMaxTokens.Of(provider).Label} is {provider.DefaultMaxTokens}.");

    private static IEnumerable<string> FindMissing(ProviderOptions provider)
    {
        if (provider.Type is null)
        {
            yield return $"{ProviderSettings.Type.Of(provider).Label} has to be set: {string.Join(", ", ProviderSettings.TypeNames[..^1])} or {ProviderSettings.TypeNames[^1]}.";
        }
        else if (provider.BaseUrl is null)
        {
            yield return $"{ProviderSettings.BaseUrl.Of(provider).Label} has to be set"
                + (provider.Type.VendorUrl is null ? "." : $", or {ProviderSettings.ApiKey.Of(provider).Name} for the vendor's own service.");
        }

        if (provider.DefaultModel.Length == 0)
        {
            yield return $"{ProviderSettings.DefaultModel.Of(provider).Label} has to be set.";
        }
    }

    private static IEnumerable<string> FindProblemsOfFallback(ProvidersOptions options, string name)
    {
        if (!options.Providers.TryGetValue(name, out var provider))
        {
            yield return $"{Settings.FallbackProviders.Label} names an unknown provider, {Quoted.Of(name)}; "
                + $"the providers are {string.Join(", ", options.Providers.Keys)}.";
        }
        else if (provider.Missing is not null)
        {
            yield return $"{ProviderSettings.ApiKey.Of(provider).Label} has to be set: '{provider.Name}' is a fallback "
                + $"({Settings.FallbackProviders.Name}) and needs a key.";
        }
    }

    private static IEnumerable<string> FindProblemsOfDefault(ProvidersOptions options)
    {
        if (!options.Providers.TryGetValue(options.DefaultProvider, out var provider))
        {
            yield return $"{Settings.DefaultProvider.Label} names an unknown provider, {Quoted.Of(options.DefaultProvider)}; "
                + $"the providers are {string.Join(", ", options.Providers.Keys)}.";
        }
        else if (provider.Missing is not null)
        {
            yield return $"{ProviderSettings.ApiKey.Of(provider).Label} has to be set: '{provider.Name}' is the default provider "
                + $"({Settings.DefaultProvider.Name}) and needs a key.";
        }
    }
}
