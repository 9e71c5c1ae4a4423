using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Prism.Silo.Server;
using StackExchange.Redis;

namespace Prism.Silo.Configuration;

/// <summary>Reports why Prism does not start, in one line for each thing that the operator can repair.</summary>
internal static class StartupFailure
{
    /// <summary>Builds a host, checks its options and runs it to its end.</summary>
    /// <param name="build">Builds the host. It may throw the exceptions that <see cref="Describe"/> knows.</param>
    /// <param name="error">Receives the line.</param>
    /// <param name="signals">The signals to stop; null if only the host listens for them.</param>
    /// <returns>The exit code of the process, see <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(Func<IHost> build, TextWriter error, StopSignals? signals = null)
    {
        try
        {
            var host = build();
            signals?.HandOver();
            switch (await HostRun.ToItsEndAsync(host, signals?.Stop ?? default))
            {
                case HostEnd.Stopped:
                    return ExitCodes.Stopped;
                case HostEnd.StoppedEarly:
                    await error.WriteLineAsync(HostRun.StoppedEarly);
                    return ExitCodes.Stopped;
                default:
                    await error.WriteLineAsync("prism: did not stop in time, and exits without leaving the cluster.");
                    return ExitCodes.Failed;
            }
        }
        catch (Exception exception)
        {
            await error.WriteLineAsync(Describe(exception) ?? DescribeBug(exception));
            return ExitCodes.Failed;
        }
    }

    /// <summary>A line for each thing to repair; null if the exception is a bug.</summary>
    public static string? Describe(Exception exception) => Find(exception).Distinct().ToList() is { Count: > 0 } messages
        ? string.Join(Environment.NewLine, messages.Select(message => Line([message])))
        : null;

    // Without the stack: the last line of a process is short. The level debug logs the stacks of a start.
    private static string DescribeBug(Exception exception)
    {
        var cause = exception.GetBaseException();
        return Line([$"cannot go on: {cause.GetType().Name}: {cause.Message}", $"({FindPlace(cause)})"]);
    }

    private static string FindPlace(Exception exception) =>
        exception.StackTrace?.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Contains(" Prism.", StringComparison.Ordinal))
        ?? exception.TargetSite?.ToString()
        ?? "unknown place";

    private static string Line(IEnumerable<string> messages) =>
        "prism: " + string.Join(' ', string.Join(' ', messages).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static IEnumerable<string> Find(Exception exception) => exception switch
    {
        SettingException => [exception.Message],
        OptionsValidationException invalid => invalid.Failures,
        AggregateException many when many.InnerExceptions.All(inner => Find(inner).Any()) => many.InnerExceptions.SelectMany(Find),
        // As for a Redis user without a permission. The message names the permission, and no password.
        RedisServerException refused => [$"Redis rejects a command: {refused.Message} Check the user of {Settings.LabelOf(Settings.RedisUrlPath)}."],
        // Kestrel's message names the address; Orleans' does not.
        IOException { InnerException: AddressInUseException } => [exception.Message + " Check LLM_PORT and LLM_METRICS_PORT."],
        AddressInUseException => ["A port of the silo is in use already. Check LLM_SILO_PORT and LLM_SILO_GATEWAY_PORT."],
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            ["This machine does not have the address to listen at. Check LLM_HOST and LLM_ADVERTISED_IP."],
        SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            ["This user may not listen at one of the ports. Check LLM_PORT and LLM_METRICS_PORT."],
        // An unreadable configuration file: the message names the file, and that of the innermost exception the line.
        InvalidDataException { InnerException: FormatException } => [$"{exception.Message} {exception.GetBaseException().Message}"],
        _ => [],
    };
}
