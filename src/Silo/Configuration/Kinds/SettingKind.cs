using System.Collections.Immutable;

namespace Prism.Silo.Configuration.Kinds;

/// <summary>
/// The allowed values of a setting. A value has two forms: the text of an environment variable (<c>60</c> for seconds) and the configured value
/// (<c>00:01:00</c>). Problems are the ends of a sentence that begins with the setting's name.
/// </summary>
internal abstract class SettingKind
{
    public static readonly SettingKind Text = new TextKind();
    public static readonly SettingKind Switch = new SwitchKind();
    public static readonly SettingKind Url = new UrlKind();
    public static readonly SettingKind RedisUrl = new RedisUrlKind();
    public static readonly SettingKind Secret = new SecretKind();
    public static readonly SettingKind Secrets = new SecretListKind();
    public static readonly SettingKind Headers = new HeadersKind();
    public static readonly SettingKind Host = new HostKind();
    public static readonly SettingKind IpAddress = new IpAddressKind();

    /// <summary>The allowed values, for the documentation.</summary>
    public abstract string Allowed { get; }

    /// <summary>Whether the value must never be shown.</summary>
    public virtual bool IsSecret => false;

    /// <summary>The parts of a configured value that no log may contain: all of it, and parts that are secrets by themselves.</summary>
    public virtual IEnumerable<string> FindSecrets(string configured) => IsSecret ? [configured] : [];

    public static SettingKind WholeNumber(long min, long max) => new WholeNumberKind(min, max);

    /// <summary>Seconds in the environment, a time span in the configuration; above zero.</summary>
    public static SettingKind Seconds(TimeSpan max) => new DurationKind(TimeSpan.FromSeconds(1), "seconds", allowsZero: false, max);

    /// <summary>The same, zero or more.</summary>
    public static SettingKind SecondsOrNone(TimeSpan max) => new DurationKind(TimeSpan.FromSeconds(1), "seconds", allowsZero: true, max);

    /// <summary>Milliseconds in the environment, a time span in the configuration; zero or more.</summary>
    public static SettingKind Milliseconds(TimeSpan max) =>
        new DurationKind(TimeSpan.FromMilliseconds(1), "milliseconds", allowsZero: true, max);

    /// <summary>One of the words on the left. The configuration gets the word on the right.</summary>
    public static SettingKind Choice(params ImmutableArray<(string Word, string Configured)> choices) => new ChoiceKind(choices);

    /// <param name="findProblem">The problem with an item, as the end of a sentence; null if it is valid.</param>
    public static SettingKind List(Func<string, string?>? findProblem = null) => new ListKind(findProblem);

    /// <summary>Turns the text of an environment variable, neither empty nor with white space around it, into its configured form.</summary>
    public virtual SettingValue Read(string text) => FindProblem(text) is { } problem ? new(null, problem) : new(text, null);

    /// <summary>The problem with a configured value, or null.</summary>
    public abstract string? FindProblem(string configured);
}

/// <summary>A value in its configured form, or the problem with it.</summary>
internal readonly record struct SettingValue(string? Configured, string? Problem);
